import assert from "node:assert/strict";
import { RequestRate } from "../http/request_rate.ts";
import type { Counted } from "./messages.ts";
import { SharedLimits } from "./shared_limits.ts";

function opened() {
  const limits = new SharedLimits({
    streams: { total: 4, perAddress: 2 },
    downloads: { total: 1, perAddress: 1 },
    requests: new RequestRate(1),
  });
  let requests = 0;
  const requestPlace = (worker: number, what: Counted, address: string, nowMs = 0) => {
    const { id, ...answer } = limits.answer(worker, { id: ++requests, what, address }, nowMs);
    assert.equal(id, requests, "an answer names its question");
    return answer;
  };
  const refusal = (worker: number, what: Counted, address: string) =>
    requestPlace(worker, what, address).refusal;
  return { limits, requestPlace, refusal };
}

Deno.test("shared limits - streams count in all and for an address, whichever worker has them", () => {
  const { limits, refusal } = opened();
  assert.equal(refusal(1, "streams", "a"), null);
  assert.equal(refusal(2, "streams", "a"), null);
  assert.equal(refusal(1, "streams", "a"), "streams_per_address");
  assert.equal(refusal(2, "streams", "a"), "streams_per_address");
  assert.equal(refusal(1, "streams", "b"), null);
  assert.equal(refusal(2, "streams", "c"), null);
  assert.equal(refusal(2, "streams", "d"), "streams");
  limits.left(1, "streams", "a");
  assert.equal(refusal(2, "streams", "a"), null);
  assert.equal(refusal(1, "downloads", "a"), null, "downloads are counted apart");
  assert.equal(refusal(2, "downloads", "b"), "streams");
});

Deno.test("shared limits - what a dead worker held is free again, and only once", () => {
  const { limits, refusal } = opened();
  for (const address of ["a", "a", "b"]) assert.equal(refusal(1, "streams", address), null);
  assert.equal(refusal(2, "streams", "b"), null);
  limits.forget(1);
  limits.forget(1);
  // A message of it that arrives after its end.
  limits.left(1, "streams", "b");
  assert.equal(refusal(2, "streams", "b"), null);
  assert.equal(refusal(2, "streams", "b"), "streams_per_address");
  assert.equal(refusal(2, "streams", "a"), null);
  assert.equal(refusal(2, "streams", "a"), null);
  assert.equal(refusal(2, "streams", "c"), "streams");
});

Deno.test("shared limits - an address has one rate of requests over all workers", () => {
  const { requestPlace } = opened();
  let taken = 0;
  while (requestPlace(1 + taken % 2, "requests", "a").waitSeconds === null) taken++;
  assert.equal(taken, 10, "a burst of ten seconds");
  assert.equal(requestPlace(1, "requests", "b").waitSeconds, null);
  assert.equal(requestPlace(2, "requests", "a", 1000).waitSeconds, null);
});
