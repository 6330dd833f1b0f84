// Connections as Relay's specification has them: https://relay.dev/graphql/connections.htm
import { ask, assert, check, post, target } from "./harness.mjs";

const PAGE = `query Page($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {
  node(id: $id) { ... on Board { pins(first: $first, after: $after, last: $last, before: $before) {
    totalCount
    edges { cursor node { id } }
    nodes { id }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  } } }
}`;
const page = async (window, id = target.board) => (await ask(PAGE, { id, ...window })).node.pins;
const ids = (connection) => connection.edges.map((edge) => edge.node.id);
const refused = async (window, id = target.board) => {
  const answer = await post({ query: PAGE, variables: { id, ...window } });
  assert.equal(answer.errors[0].extensions.code, "BAD_INPUT");
};

const all = ids(await page({ first: 100 }));

await check("edges and nodes are the same objects", async () => {
  const found = await page({ first: 5 });
  assert.deepEqual(found.nodes.map((node) => node.id), ids(found));
});
await check("a page has 25 entries if nothing is said", async () => assert.equal(ids(await page({})).length, 25));
await check("totalCount counts all", async () => assert.equal((await page({ first: 1 })).totalCount, all.length));
await check("the first page", async () => {
  const { pageInfo, edges } = await page({ first: 10 });
  assert.deepEqual(pageInfo, {
    hasNextPage: true, hasPreviousPage: false, startCursor: edges[0].cursor, endCursor: edges[9].cursor,
  });
});
await check("a page in the middle has both sides", async () => {
  const first = await page({ first: 10 });
  const second = await page({ first: 10, after: first.pageInfo.endCursor });
  assert.deepEqual(ids(second), all.slice(10, 20));
  assert.equal(second.pageInfo.hasNextPage && second.pageInfo.hasPreviousPage, true);
});
await check("the last page", async () => {
  const { pageInfo, ...rest } = await page({ last: 10 });
  assert.deepEqual(ids(rest), all.slice(-10));
  assert.deepEqual([pageInfo.hasNextPage, pageInfo.hasPreviousPage], [false, true]);
});
await check("backwards from the last page", async () => {
  const last = await page({ last: 10 });
  const before = await page({ last: 10, before: last.pageInfo.startCursor });
  assert.deepEqual(ids(before), all.slice(-20, -10));
  assert.deepEqual([before.pageInfo.hasNextPage, before.pageInfo.hasPreviousPage], [true, true]);
});
await check("a walk forwards meets everything once", async () => {
  const seen = [];
  for (let after = null, more = true; more; ) {
    const found = await page({ first: 7, after });
    seen.push(...ids(found));
    ({ endCursor: after, hasNextPage: more } = found.pageInfo);
  }
  assert.deepEqual(seen, all);
});
await check("a walk backwards meets everything once", async () => {
  const seen = [];
  for (let before = null, more = true; more; ) {
    const found = await page({ last: 7, before });
    seen.unshift(...ids(found));
    ({ startCursor: before, hasPreviousPage: more } = found.pageInfo);
  }
  assert.deepEqual(seen, all);
});
await check("between two cursors", async () => {
  const cursors = (await page({ first: 10 })).edges.map((edge) => edge.cursor);
  const found = await page({ first: 100, after: cursors[1], before: cursors[6] });
  assert.deepEqual(ids(found), all.slice(2, 6));
  assert.deepEqual([found.pageInfo.hasNextPage, found.pageInfo.hasPreviousPage], [true, true]);
});
await check("the end of the list is the end", async () => {
  const found = await page({ first: all.length });
  assert.deepEqual([found.pageInfo.hasNextPage, found.pageInfo.hasPreviousPage], [false, false]);
});
await check("an empty list has no cursors", async () => {
  const { pageInfo, edges } = await page({ first: 10 }, target.emptyBoard);
  assert.deepEqual(edges, []);
  assert.deepEqual(pageInfo, {
    hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null,
  });
});
await check("no entries of a list are a page too", async () => {
  const { pageInfo, edges } = await page({ first: 0 });
  assert.deepEqual([edges, pageInfo.hasNextPage], [[], true]);
});
await check("cursors stay as they are", async () => {
  const [one, other] = [await page({ first: 3 }), await page({ first: 3 })];
  assert.deepEqual(one, other);
});
await check("a negative size is refused", () => refused({ first: -1 }));
await check("more than 100 are refused", () => refused({ first: 101 }));
await check("both sizes are refused", () => refused({ first: 1, last: 1 }));
await check("a made-up cursor is refused", () => refused({ after: "bm90IG91cnM" }));
await check("a cursor of another list is refused", async () => {
  const boards = await ask("{ viewer { boards(first: 1) { edges { cursor } } } }");
  await refused({ after: boards.viewer.boards.edges[0].cursor });
});
await check("a cursor that was changed is refused", async () => {
  const { endCursor } = (await page({ first: 3 })).pageInfo;
  await refused({ after: `${endCursor.slice(0, -2)}${endCursor.endsWith("AA") ? "BB" : "AA"}` });
});
await check("node finds what nodes have", async () => {
  const found = await ask("query($id: ID!) { node(id: $id) { __typename id } }", { id: all[0] });
  assert.deepEqual(found.node, { __typename: "Pin", id: all[0] });
});
await check("nodes keep their order, and nulls", async () => {
  const wanted = [all[3], "1", target.board, all[0]];
  const found = await ask("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", { ids: wanted });
  assert.deepEqual(found.nodes, [{ id: all[3] }, null, { id: target.board }, { id: all[0] }]);
});
await check("a malformed id is refused", async () => {
  const answer = await post({ query: '{ node(id: "UGluOjE=") { id } }' });
  assert.equal(answer.errors[0].extensions.code, "BAD_INPUT");
});
