// The audits of GraphQL over HTTP that come with graphql-http.
import { serverAudits } from "graphql-http";
import { assert, check, target } from "./harness.mjs";

for (const audit of serverAudits({ url: target.url, fetchFn: fetch })) {
  await check(`${audit.id} ${audit.name}`, async () => {
    const result = await audit.fn();
    assert.equal(result.status, "ok", result.reason);
  });
}
