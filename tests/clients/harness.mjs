// What every suite has in common: where the server is, and one line of JSON for each check.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";

export { assert };
export const target = JSON.parse(process.env.TARGET);
export const bearer = { authorization: `Bearer ${target.token}` };
export const sha256 = (text) => createHash("sha256").update(text).digest("hex");

export async function check(name, body) {
  let problem = null;
  try {
    await body();
  } catch (error) {
    problem = String(error?.stack ?? error).slice(0, 1500);
  }
  console.log(JSON.stringify({ name, problem }));
}

export async function post(body, headers = bearer) {
  const response = await fetch(target.url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  return { status: response.status, ...(await response.json()) };
}

export async function ask(query, variables = {}) {
  const answer = await post({ query, variables });
  assert.equal(answer.errors, undefined, JSON.stringify(answer.errors));
  return answer.data;
}
