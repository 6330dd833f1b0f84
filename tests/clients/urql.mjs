// urql with its normalised cache, over the introspected schema, and with persisted queries.
import { Client, fetchExchange, gql } from "@urql/core";
import { cacheExchange } from "@urql/exchange-graphcache";
import { relayPagination } from "@urql/exchange-graphcache/extras";
import { persistedExchange } from "@urql/exchange-persisted";
import { getIntrospectionQuery } from "graphql";
import { ask, assert, bearer, check, target } from "./harness.mjs";

const schema = await ask(getIntrospectionQuery());

function client({ persisted = false, seen = [] } = {}) {
  const cache = cacheExchange({ schema, resolvers: { Board: { pins: relayPagination() } } });
  const hashes = persistedExchange({ preferGetForPersistedQueries: true });
  return new Client({
    url: target.url,
    preferGetMethod: false,
    fetchOptions: { headers: bearer },
    fetch: async (url, options) => {
      seen.push({ method: options.method, body: options.body });
      return fetch(url, options);
    },
    exchanges: persisted ? [cache, hashes, fetchExchange] : [cache, fetchExchange],
  });
}

const BOARD = gql`query Board($id: ID!) { node(id: $id) { id ... on Board { id name } } }`;
const PINS = gql`
  query Pins($id: ID!, $after: String) {
    node(id: $id) { id ... on Board { id pins(first: 20, after: $after) {
      edges { cursor node { id title } }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    } } }
  }
`;
const RENAME = gql`
  mutation Rename($input: UpdateBoardInput!) { updateBoard(input: $input) { board { id name } } }
`;
const data = (result) => {
  assert.equal(result.error, undefined, String(result.error));
  return result.data;
};

await check("the schema is one that the cache can use", () => assert.ok(schema.__schema.types.length));
await check("a query", async () => {
  const found = data(await client().query(BOARD, { id: target.board }));
  assert.equal(found.node.id, target.board);
});
await check("a mutation changes the object wherever it is shown", async () => {
  const seen = [];
  const urql = client({ seen });
  data(await urql.query(BOARD, { id: target.board }));
  data(await urql.mutation(RENAME, { input: { boardId: target.board, name: "Once more" } }));
  const shown = data(await urql.query(BOARD, { id: target.board }));
  assert.equal(shown.node.name, "Once more");
  assert.equal(seen.length, 2);
});
await check("relayPagination meets every pin once", async () => {
  const urql = client();
  let shown = data(await urql.query(PINS, { id: target.board })).node.pins;
  while (shown.pageInfo.hasNextPage) {
    const variables = { id: target.board, after: shown.pageInfo.endCursor };
    shown = data(await urql.query(PINS, variables)).node.pins;
  }
  const ids = shown.edges.map((edge) => edge.node.id);
  assert.equal(ids.length, target.pins);
  assert.equal(new Set(ids).size, target.pins);
});
await check("persisted queries by GET alone", async () => {
  const seen = [];
  const query = gql`query Persisted { viewer { id location } }`;
  const urql = client({ persisted: true, seen });
  for (let at = 0; at < 2; at++) {
    const found = data(await urql.query(query, {}, { requestPolicy: "network-only" }));
    assert.equal(found.viewer.id, target.viewer);
  }
  assert.equal(seen.map((one) => one.method).join(), "GET,GET,GET");
});
await check("an error has its code", async () => {
  const { error } = await client().query(BOARD, { id: "x" });
  assert.equal(error.graphQLErrors[0].extensions.code, "BAD_INPUT");
});
await check("what is not there is null", async () => {
  assert.equal(data(await client().query(BOARD, { id: "1" })).node, null);
});
