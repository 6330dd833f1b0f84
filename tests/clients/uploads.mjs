// Files by the GraphQL multipart request specification:
// https://github.com/jaydenseric/graphql-multipart-request-spec
import { assert, bearer, check, target } from "./harness.mjs";

const UPLOAD = `mutation Upload($input: UploadPictureInput!) {
  uploadPicture(input: $input) { picture { id state } userErrors { field code message } }
}`;
const OPERATIONS = JSON.stringify({ query: UPLOAD, variables: { input: { file: null } } });
const MAP = JSON.stringify({ 0: ["variables.input.file"] });
const picture = () => new Blob([Buffer.from(target.jpeg, "base64")], { type: "image/jpeg" });

async function send(parts, headers = bearer) {
  const form = new FormData();
  for (const [name, value] of parts) {
    if (value instanceof Blob) form.append(name, value, "picture.jpg");
    else form.append(name, value);
  }
  const response = await fetch(target.url, { method: "POST", headers, body: form });
  return { status: response.status, ...(await response.json()) };
}
const works = (answer) => {
  assert.equal(answer.errors, undefined, JSON.stringify(answer.errors));
  assert.deepEqual(answer.data.uploadPicture.userErrors, []);
  assert.match(answer.data.uploadPicture.picture.id, /^\d+$/);
};
const refused = (answer, code = "BAD_INPUT") => {
  assert.equal(answer.errors?.[0].extensions.code, code, JSON.stringify(answer));
  assert.ok(answer.status < 500);
  assert.equal(answer.data?.uploadPicture ?? null, null);
};

await check("one file within an input", async () =>
  works(await send([["operations", OPERATIONS], ["map", MAP], ["0", picture()]])));
await check("one file for two places", async () => {
  const query = `mutation($a: UploadPictureInput!, $b: UploadPictureInput!) {
    a: uploadPicture(input: $a) { picture { id } } b: uploadPicture(input: $b) { picture { id } } }`;
  const operations = JSON.stringify({ query, variables: { a: { file: null }, b: { file: null } } });
  const map = JSON.stringify({ 0: ["variables.a.file", "variables.b.file"] });
  const answer = await send([["operations", operations], ["map", map], ["0", picture()]]);
  assert.equal(answer.data.a.picture.id, answer.data.b.picture.id);
});
await check("two files", async () => {
  const query = `mutation($a: UploadPictureInput!, $b: UploadPictureInput!) {
    a: uploadPicture(input: $a) { picture { id } } b: uploadPicture(input: $b) { picture { id } } }`;
  const operations = JSON.stringify({ query, variables: { a: { file: null }, b: { file: null } } });
  const map = JSON.stringify({ x: ["variables.a.file"], y: ["variables.b.file"] });
  const answer = await send([["operations", operations], ["map", map], ["x", picture()], ["y", picture()]]);
  assert.equal(answer.errors, undefined);
});
await check("a query without files may come as a form", async () => {
  const operations = JSON.stringify({ query: "{ __typename }" });
  const answer = await send([["operations", operations], ["map", "{}"]]);
  assert.equal(answer.data.__typename, "Query");
});
await check("operations are missing", async () => refused(await send([["map", MAP], ["0", picture()]])));
await check("the map is missing", async () => refused(await send([["operations", OPERATIONS], ["0", picture()]])));
await check("the file is missing", async () => refused(await send([["operations", OPERATIONS], ["map", MAP]])));
await check("operations are no JSON", async () =>
  refused(await send([["operations", "{"], ["map", MAP], ["0", picture()]])));
await check("the map is no JSON", async () =>
  refused(await send([["operations", OPERATIONS], ["map", "{"], ["0", picture()]])));
await check("operations are a batch", async () =>
  refused(await send([["operations", `[${OPERATIONS}]`], ["map", MAP], ["0", picture()]])));
await check("the map is a list", async () =>
  refused(await send([["operations", OPERATIONS], ["map", "[]"], ["0", picture()]])));
await check("the map holds no lists", async () =>
  refused(await send([["operations", OPERATIONS], ["map", '{"0": "variables.input.file"}'], ["0", picture()]])));
await check("a path leads nowhere", async () =>
  refused(await send([["operations", OPERATIONS], ["map", '{"0": ["variables.input.image"]}'], ["0", picture()]])));
await check("a path leads out of the variables", async () =>
  refused(await send([["operations", OPERATIONS], ["map", '{"0": ["query"]}'], ["0", picture()]])));
await check("a path leads to what is no null", async () => {
  const operations = JSON.stringify({ query: UPLOAD, variables: { input: { file: "text" } } });
  refused(await send([["operations", operations], ["map", MAP], ["0", picture()]]));
});
await check("a field that is no file", async () =>
  refused(await send([["operations", OPERATIONS], ["map", MAP], ["0", "text"]])));
await check("a file that is not in the map", async () =>
  refused(await send([["operations", OPERATIONS], ["map", "{}"], ["0", picture()]])));
await check("eleven files", async () => {
  const names = [...Array(11).keys()].map(String);
  const map = JSON.stringify(Object.fromEntries(names.map((name) => [name, ["variables.input.file"]])));
  refused(await send([["operations", OPERATIONS], ["map", map], ...names.map((name) => [name, picture()])]));
});
await check("an empty file is a form's error", async () => {
  const answer = await send([["operations", OPERATIONS], ["map", MAP], ["0", new Blob([])]]);
  assert.equal(answer.data.uploadPicture.picture, null);
  assert.deepEqual(answer.data.uploadPicture.userErrors[0].field, ["file"]);
});
await check("what is no picture is a form's error", async () => {
  const answer = await send([["operations", OPERATIONS], ["map", MAP], ["0", new Blob(["#!/bin/sh"])]]);
  assert.equal(answer.data.uploadPicture.picture, null);
  assert.deepEqual(answer.data.uploadPicture.userErrors[0].field, ["file"]);
});
await check("nobody may upload", async () =>
  refused(await send([["operations", OPERATIONS], ["map", MAP], ["0", picture()]], {}), "UNAUTHENTICATED"));
await check("a cookie without its CSRF token may not either", async () => {
  const headers = { cookie: target.cookie };
  refused(await send([["operations", OPERATIONS], ["map", MAP], ["0", picture()]], headers), "FORBIDDEN");
});
await check("a cookie with its CSRF token may", async () => {
  const headers = { cookie: target.cookie, "x-csrftoken": target.csrf, origin: new URL(target.url).origin };
  works(await send([["operations", OPERATIONS], ["map", MAP], ["0", picture()]], headers));
});
await check("a refusal arrives, however much was still to be sent", async () => {
  const large = new Blob([Buffer.alloc(16_000_000)], { type: "image/jpeg" });
  const headers = { authorization: "Bearer wrong" };
  refused(await send([["operations", OPERATIONS], ["map", MAP], ["0", large]], headers), "UNAUTHENTICATED");
});
