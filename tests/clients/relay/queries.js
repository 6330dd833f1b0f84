// Read by relay-compiler. A pagination fragment that can be refetched by the board's id.
import { graphql } from "relay-runtime";

graphql`
  query queriesBoardQuery($id: ID!) {
    node(id: $id) { id ...queries_board @alias(as: "board") @arguments(count: 20) }
  }
`;
graphql`
  fragment queries_board on Board
  @refetchable(queryName: "queriesBoardPaginationQuery")
  @argumentDefinitions(count: { type: "Int", defaultValue: 20 }, cursor: { type: "String" }) {
    name @required(action: THROW)
    owner { username }
    pins(first: $count, after: $cursor) @connection(key: "queries_board_pins") {
      edges { node { id title author { username } picture { image(size: W236) { url width height } } } }
    }
  }
`;
graphql`
  query queriesPinQuery($id: ID!) { node(id: $id) { id ... on Pin { title board { id name } } } }
`;
