import assert from "node:assert/strict";
import { problemResponse } from "./problem.ts";

Deno.test("problem - a problem is answered as problem details, with its status and retry-after", async () => {
  const errors = [{ parameter: "granularities", value: "7m", allowed: ["5m"] }];
  const problem = { status: 503, title: "Full", detail: "Later.", errors, retryAfterSeconds: 7 };
  const response = problemResponse(problem, { vary: "origin" });
  assert.equal(response.status, 503);
  assert.deepEqual(Object.fromEntries(response.headers), {
    "cache-control": "no-store",
    "content-type": "application/problem+json",
    "retry-after": "7",
    vary: "origin",
  });
  assert.deepEqual(await response.json(), {
    type: "about:blank",
    status: 503,
    title: "Full",
    detail: "Later.",
    errors,
  });
});
