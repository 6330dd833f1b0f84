// Apollo Client 4: its cache, persisted queries, pagination and errors.
import { ApolloClient, ApolloLink, CombinedGraphQLErrors, HttpLink, InMemoryCache, gql } from "@apollo/client";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";
import { relayStylePagination } from "@apollo/client/utilities";
import { filter, firstValueFrom } from "rxjs";
import { assert, bearer, check, sha256, target } from "./harness.mjs";

function client({ persisted = false, get = false, seen = [] } = {}) {
  const recording = async (url, options) => {
    seen.push({ url: String(url), method: options.method, body: options.body });
    return fetch(url, options);
  };
  const http = new HttpLink({ uri: target.url, headers: bearer, fetch: recording });
  const hashes = new PersistedQueryLink({ sha256, useGETForHashedQueries: get });
  return new ApolloClient({
    link: persisted ? ApolloLink.from([hashes, http]) : http,
    cache: new InMemoryCache({
      possibleTypes: { Node: ["User", "Board", "Section", "Pin", "Picture", "DataExport", "Topic"] },
      typePolicies: { Board: { fields: { pins: relayStylePagination() } } },
    }),
  });
}

const BOARD = gql`
  query Board($id: ID!) { node(id: $id) { id ... on Board { name owner { id username } } } }
`;
const PINS = gql`
  query Pins($id: ID!, $after: String) {
    node(id: $id) { id ... on Board { pins(first: 20, after: $after) {
      edges { cursor node { id title author { id } } }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    } } }
  }
`;
const RENAME = gql`
  mutation Rename($input: UpdateBoardInput!) {
    updateBoard(input: $input) { board { id name } userErrors { field message code } }
  }
`;

await check("a query", async () => {
  const { data } = await client().query({ query: BOARD, variables: { id: target.board } });
  assert.equal(data.node.owner.username, "ada");
});
await check("the cache answers the second time", async () => {
  const seen = [];
  const apollo = client({ seen });
  for (let at = 0; at < 2; at++) await apollo.query({ query: BOARD, variables: { id: target.board } });
  assert.equal(seen.length, 1);
});
await check("a mutation changes the object wherever it is shown", async () => {
  const apollo = client();
  await apollo.query({ query: BOARD, variables: { id: target.board } });
  const input = { boardId: target.board, name: "Renamed" };
  const { data } = await apollo.mutate({ mutation: RENAME, variables: { input } });
  assert.deepEqual(data.updateBoard.userErrors, []);
  const shown = apollo.readQuery({ query: BOARD, variables: { id: target.board } });
  assert.equal(shown.node.name, "Renamed");
});
await check("a form's errors are data", async () => {
  const input = { boardId: target.board, name: "" };
  const { data } = await client().mutate({ mutation: RENAME, variables: { input } });
  assert.deepEqual(data.updateBoard.userErrors[0].field, ["name"]);
  assert.equal(data.updateBoard.userErrors[0].code, "REQUIRED");
});
await check("fetchMore meets every pin once", async () => {
  const apollo = client();
  const variables = { id: target.board };
  const cached = () => apollo.readQuery({ query: PINS, variables }).node.pins;
  const pins = apollo.watchQuery({ query: PINS, variables });
  const watching = pins.subscribe(() => {});
  await firstValueFrom(pins.pipe(filter((result) => !result.loading)));
  let shown = cached();
  while (shown.pageInfo.hasNextPage) {
    await pins.fetchMore({ variables: { after: shown.pageInfo.endCursor } });
    shown = cached();
  }
  const ids = shown.edges.map((edge) => edge.node.id);
  assert.equal(ids.length, target.pins);
  assert.equal(new Set(ids).size, target.pins);
  watching.unsubscribe();
});
await check("persisted queries by POST: first hash, then both, then hash", async () => {
  const seen = [];
  const query = gql`query ByPost { viewer { id about } }`;
  const apollo = client({ persisted: true, seen });
  for (let at = 0; at < 2; at++) await apollo.query({ query, fetchPolicy: "network-only" });
  const sent = seen.map(({ body }) => "query" in JSON.parse(body));
  assert.deepEqual(sent, [false, true, false]);
});
await check("persisted queries by GET", async () => {
  const seen = [];
  const query = gql`query ByGet($id: ID!) { node(id: $id) { id } }`;
  const apollo = client({ persisted: true, get: true, seen });
  const variables = { id: target.board };
  for (let at = 0; at < 2; at++) {
    const { data } = await apollo.query({ query, variables, fetchPolicy: "network-only" });
    assert.equal(data.node.id, target.board);
  }
  assert.deepEqual(seen.map((one) => one.method), ["GET", "POST", "GET"]);
});
await check("a mutation is never sent by GET", async () => {
  const seen = [];
  const input = { boardId: target.board, name: "By POST" };
  await client({ persisted: true, get: true, seen }).mutate({ mutation: RENAME, variables: { input } });
  assert.deepEqual(new Set(seen.map((one) => one.method)), new Set(["POST"]));
});
await check("an error has its code", async () => {
  const { data, error } = await client().query({ query: BOARD, variables: { id: "x" }, errorPolicy: "all" });
  assert.deepEqual(data, { node: null });
  assert.ok(CombinedGraphQLErrors.is(error));
  assert.equal(error.errors[0].extensions.code, "BAD_INPUT");
});
await check("what is not there is null", async () => {
  const { data } = await client().query({ query: BOARD, variables: { id: "1" } });
  assert.equal(data.node, null);
});
await check("fragments on an interface find their types", async () => {
  const query = gql`
    query Mixed($ids: [ID!]!) { nodes(ids: $ids) { ...Named } }
    fragment Named on Node { id ... on Board { name } ... on User { username } }
  `;
  const { data } = await client().query({ query, variables: { ids: [target.board, target.viewer] } });
  assert.deepEqual(data.nodes.map((one) => one.__typename), ["Board", "User"]);
});
