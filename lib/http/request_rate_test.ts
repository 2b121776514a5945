import assert from "node:assert/strict";
import fc from "fast-check";
import { RequestRate } from "./request_rate.ts";

Deno.test("request rate - an address has a burst, then its rate, and gets a retry time", () => {
  const rate = new RequestRate(5);
  let taken = 0;
  while (rate.take("a", 0) === null) taken++;
  assert.equal(taken, 50);
  assert.equal(rate.take("a", 0), 1);
  assert.equal(rate.take("b", 0), null, "another address has its own");
  assert.equal(rate.take("a", 199), 1);
  assert.equal(rate.take("a", 200), null);
  assert.equal(rate.take("a", 210), 1);
  assert.equal(rate.refused, 4);
});

Deno.test("request rate - however requests come, an address gets no more than its burst and its rate", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 20 }),
      fc.array(fc.nat(500), { minLength: 1, maxLength: 1000 }),
      (perSecond, pauses) => {
        const rate = new RequestRate(perSecond);
        let nowMs = 0;
        let taken = 0;
        for (const pause of pauses) {
          nowMs += pause;
          const waitSeconds = rate.take("a", nowMs);
          if (waitSeconds === null) taken++;
          else assert.ok(waitSeconds >= 1);
        }
        const most = perSecond * 10 + (nowMs - (pauses[0] ?? 0)) / 1000 * perSecond;
        assert.ok(taken <= most + 1e-6, `${taken} of at most ${most}`);
      },
    ),
  );
});

Deno.test("request rate - an address that waits for its retry time may proceed", () => {
  const rate = new RequestRate(1);
  let nowMs = 0;
  while (rate.take("a", nowMs) === null);
  for (let times = 0; times < 20; times++) {
    const waitSeconds = rate.take("a", nowMs);
    assert.ok(waitSeconds !== null);
    nowMs += waitSeconds * 1000;
    assert.equal(rate.take("a", nowMs), null);
  }
});

Deno.test("request rate - without a limit no request is refused, and new addresses take no memory", () => {
  const free = new RequestRate(0);
  for (let times = 0; times < 10_000; times++) assert.equal(free.take("a", 0), null);
  const rate = new RequestRate(1);
  for (let times = 0; times < 10; times++) assert.equal(rate.take("old", 0), null);
  assert.equal(rate.take("old", 0), 1);
  for (let address = 0; address < 10_000; address++) rate.take(`${address}`, 0);
  assert.equal(rate.take("old", 0), null, "the oldest is forgotten");
});
