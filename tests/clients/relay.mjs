// relay-compiler's artifacts, run by relay-runtime.
import { createRequire } from "node:module";
import relay from "relay-runtime";
import { assert, bearer, check, target } from "./harness.mjs";

const { Environment, Network, RecordSource, Store, createOperationDescriptor, fetchQuery, getSelector } = relay;
const artifact = (name) => createRequire(`${target.artifacts}/`)(`./${name}.graphql`);
const environment = () =>
  new Environment({
    store: new Store(new RecordSource()),
    network: Network.create(async (request, variables) => {
      const response = await fetch(target.url, {
        method: "POST",
        headers: { "content-type": "application/json", ...bearer },
        body: JSON.stringify({ query: request.text, variables }),
      });
      return response.json();
    }),
  });
const BOARD = artifact("queriesBoardQuery");
const MORE = artifact("queriesBoardPaginationQuery");
const FRAGMENT = artifact("queries_board");
const PIN = artifact("queriesPinQuery");
const shown = (relayEnvironment, query, variables) => {
  const operation = createOperationDescriptor(query, variables);
  const { node } = relayEnvironment.lookup(operation.fragment).data;
  return relayEnvironment.lookup(getSelector(FRAGMENT, node.board)).data;
};

await check("the compiler's query is taken", async () => {
  const data = await fetchQuery(environment(), BOARD, { id: target.board }).toPromise();
  assert.equal(data.node.id, target.board);
});
await check("the fragment reads what it asked for", async () => {
  const one = environment();
  await fetchQuery(one, BOARD, { id: target.board }).toPromise();
  const board = shown(one, BOARD, { id: target.board });
  assert.equal(board.owner.username, "ada");
  assert.equal(board.pins.edges.length, 20);
  assert.equal(board.pins.pageInfo.hasNextPage, true);
});
await check("the pagination query refetches by node and goes on after a cursor", async () => {
  const one = environment();
  await fetchQuery(one, BOARD, { id: target.board }).toPromise();
  const seen = shown(one, BOARD, { id: target.board }).pins.edges.map((edge) => edge.node.id);
  let { pageInfo } = shown(one, BOARD, { id: target.board }).pins;
  while (pageInfo.hasNextPage) {
    const variables = { id: target.board, count: 20, cursor: pageInfo.endCursor };
    await fetchQuery(one, MORE, variables).toPromise();
    ({ pageInfo } = shown(one, BOARD, { id: target.board }).pins);
  }
  // The handler of the connection has put the pages together.
  const all = shown(one, BOARD, { id: target.board }).pins.edges.map((edge) => edge.node.id);
  assert.equal(all.length, target.pins);
  assert.equal(new Set(all).size, target.pins);
  assert.deepEqual(all.slice(0, 20), seen);
});
await check("an object is one record, wherever it comes from", async () => {
  const one = environment();
  await fetchQuery(one, BOARD, { id: target.board }).toPromise();
  const [{ node: pin }] = shown(one, BOARD, { id: target.board }).pins.edges;
  const data = await fetchQuery(one, PIN, { id: pin.id }).toPromise();
  assert.equal(data.node.title, pin.title);
  assert.equal(data.node.board.id, target.board);
});
await check("what is not there is null", async () => {
  const data = await fetchQuery(environment(), BOARD, { id: "1" }).toPromise();
  assert.equal(data.node, null);
});
