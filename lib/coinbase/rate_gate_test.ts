import assert from "node:assert/strict";
import fc from "fast-check";
import { FakeClock } from "../time/fake_clock.ts";
import { GateFullError, RateGate } from "./rate_gate.ts";

Deno.test("rate gate - never more than the rate pass in any second, and hardly fewer", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat({ max: 2000 }), { minLength: 20, maxLength: 60 }),
      async (arrivals) => {
        const clock = new FakeClock();
        const gate = new RateGate({ perSecond: 8, clock });
        const passes: number[] = [];
        for (const at of arrivals) {
          clock.after(at, () => void gate.take().then(() => passes.push(clock.now())));
        }
        await clock.pass(12_000);
        assert.equal(passes.length, arrivals.length);
        for (const begin of passes) {
          const within = passes.filter((at) => at >= begin && at < begin + 1000);
          assert.ok(within.length <= 8, `${within.length} within a second`);
        }
        const earliest = clock.now() - 12_000;
        assert.ok((passes.at(-1) ?? 0) - earliest <= 2000 + arrivals.length * 158);
        assert.equal(clock.timers, 0);
      },
    ),
    { numRuns: 30 },
  );
});

Deno.test("rate gate - a rate below one a second spaces accordingly", async () => {
  const clock = new FakeClock();
  const gate = new RateGate({ perSecond: 0.5, clock });
  let passed = 0;
  for (let i = 0; i < 3; i++) void gate.take().then(() => passed++);
  await clock.pass(2400);
  assert.equal(passed, 1);
  await clock.pass(200);
  assert.equal(passed, 2);
});

Deno.test("rate gate - requests that are up to 240 ms late in flight do not exceed the rate on arrival", async () => {
  const perSecond = fc.constantFrom(1, 3, 8, 50);
  const lateness = fc.array(fc.nat({ max: 240 }), { minLength: 150, maxLength: 150 });
  await fc.assert(
    fc.asyncProperty(perSecond, lateness, async (perSecond, lateness) => {
      const clock = new FakeClock();
      const gate = new RateGate({ perSecond, clock });
      const arrivals: number[] = [];
      for (const lateMs of lateness) {
        void gate.take().then(() => arrivals.push(clock.now() + lateMs));
      }
      await clock.pass(150 * 1250 / perSecond + 500);
      assert.equal(arrivals.length, lateness.length);
      for (const begin of arrivals) {
        const within = arrivals.filter((at) => at >= begin && at < begin + 1000);
        assert.ok(within.length <= perSecond, `${within.length} within a second`);
      }
    }),
    { numRuns: 40 },
  );
});

Deno.test("rate gate - where answers show when requests arrived, the rate is reached and never exceeded on arrival", async () => {
  const perSecond = fc.constantFrom(1, 2, 3, 8, 50);
  const flights = fc.array(
    fc.record({ thereMs: fc.nat({ max: 200 }), backMs: fc.nat({ max: 400 }) }),
    { minLength: 120, maxLength: 120 },
  );
  await fc.assert(
    fc.asyncProperty(perSecond, flights, async (perSecond, flights) => {
      const clock = new FakeClock();
      const gate = new RateGate({ perSecond, clock });
      const arrivals: number[] = [];
      for (const { thereMs, backMs } of flights) {
        void gate.take().then((arrived) => {
          arrivals.push(clock.now() + thereMs);
          clock.after(thereMs + backMs, arrived);
        });
      }
      await clock.pass(125_000 * 1.25 / perSecond);
      assert.equal(arrivals.length, flights.length);
      for (const begin of arrivals) {
        const within = arrivals.filter((at) => at >= begin && at < begin + 1000);
        assert.ok(within.length <= perSecond, `${within.length} within a second`);
      }
    }),
    { numRuns: 40 },
  );
});

Deno.test("rate gate - answers that come immediately leave all of the rate", async () => {
  const clock = new FakeClock();
  const gate = new RateGate({ perSecond: 8, clock });
  let passed = 0;
  for (let i = 0; i < 200; i++) {
    void gate.take().then((arrived) => {
      passed++;
      clock.after(10, arrived);
    });
  }
  await clock.pass(20_000);
  assert.ok(passed >= 156, `${passed} of 160`);
  await clock.pass(6_000);
  assert.equal(passed, 200);
  assert.equal(clock.timers, 0);
});

Deno.test("rate gate - requests sent while the exchange stalls do not all arrive in one second", async () => {
  const clock = new FakeClock();
  const gate = new RateGate({ perSecond: 8, clock, flight: 2 });
  const began = clock.now();
  const arrivals: number[] = [];
  for (let i = 0; i < 60; i++) {
    void gate.take().then((arrived) => {
      // It stalls from 500 to 2300 ms.
      const sentMs = clock.now() - began;
      const delayMs = sentMs > 500 && sentMs < 2_300 ? 2_300 - sentMs : 5;
      arrivals.push(sentMs + delayMs);
      clock.after(delayMs, arrived);
    });
  }
  await clock.pass(12_000);
  for (const begin of arrivals) {
    const within = arrivals.filter((at) => at >= begin && at < begin + 1000);
    assert.ok(within.length <= 8, `${within.length} within a second`);
  }
  assert.equal(arrivals.length, 60);
});

Deno.test("rate gate - an answer that comes late, or twice, gives no turn to others", async () => {
  const clock = new FakeClock();
  const gate = new RateGate({ perSecond: 1, clock });
  const arrived = await gate.take();
  const passes: number[] = [];
  const began = clock.now();
  for (let i = 0; i < 3; i++) void gate.take().then(() => passes.push(clock.now() - began));
  await clock.pass(1_260);
  arrived();
  arrived();
  await clock.pass(4_000);
  assert.deepEqual(passes, [1250, 2500, 3750]);
});

Deno.test("rate gate - the higher priority goes first, equal ones in order of arrival", async () => {
  const clock = new FakeClock();
  const gate = new RateGate({ perSecond: 10, clock });
  const order: string[] = [];
  const take = (name: string, priority: number) =>
    void gate.take({ priority }).then(() => order.push(name));
  take("immediate", 0);
  take("low 1", 0);
  take("low 2", 0);
  take("high 1", 5);
  take("lowest", -1);
  take("high 2", 5);
  await clock.pass(1000);
  assert.deepEqual(order, ["immediate", "high 1", "high 2", "low 1", "low 2", "lowest"]);
});

Deno.test("rate gate - a full queue refuses the next caller immediately", async () => {
  const clock = new FakeClock();
  const gate = new RateGate({ perSecond: 1, clock, capacity: 2 });
  const passed = Promise.all([gate.take(), gate.take(), gate.take()]);
  await assert.rejects(gate.take(), GateFullError);
  await clock.pass(4000);
  await passed;
});

Deno.test("rate gate - a caller that gives up leaves the queue and takes no turn from others", async () => {
  const clock = new FakeClock();
  const gate = new RateGate({ perSecond: 1, clock });
  await gate.take();
  const giveUp = new AbortController();
  const given = gate.take({ signal: giveUp.signal, priority: 1 });
  const next = gate.take();
  giveUp.abort(new Error("enough"));
  await assert.rejects(given, /enough/);
  await clock.pass(1300);
  await next;
  await assert.rejects(gate.take({ signal: giveUp.signal }), /enough/);
});

Deno.test("rate gate - when the last caller gives up no timer is left", async () => {
  const clock = new FakeClock();
  const gate = new RateGate({ perSecond: 1, clock });
  await gate.take();
  const giveUp = new AbortController();
  const given = gate.take({ signal: giveUp.signal });
  giveUp.abort(new Error("enough"));
  await assert.rejects(given);
  assert.equal(clock.timers, 0);
  const later = gate.take();
  await clock.pass(1300);
  await later;
});

Deno.test("rate gate - a pause delays all callers and ends without a call", async () => {
  const clock = new FakeClock();
  const gate = new RateGate({ perSecond: 10, clock });
  let passed = 0;
  gate.pause(5000);
  void gate.take().then(() => passed++);
  await clock.pass(4900);
  assert.equal(passed, 0);
  await clock.pass(200);
  assert.equal(passed, 1);
});
