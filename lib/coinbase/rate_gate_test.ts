import assert from "node:assert/strict";
import fc from "fast-check";
import { FakeClock } from "../time/fake_clock.ts";
import { GateFullError, RateGate } from "./rate_gate.ts";

Deno.test("never more than the rate pass in any second, and hardly fewer", async () => {
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

Deno.test("a rate below one a second spaces accordingly", async () => {
  const clock = new FakeClock();
  const gate = new RateGate({ perSecond: 0.5, clock });
  let passed = 0;
  for (let i = 0; i < 3; i++) void gate.take().then(() => passed++);
  await clock.pass(2400);
  assert.equal(passed, 1);
  await clock.pass(200);
  assert.equal(passed, 2);
});

Deno.test("requests that are up to 240 ms late in flight do not exceed the rate on arrival", async () => {
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

Deno.test("the higher priority goes first, equal ones in order of arrival", async () => {
  const clock = new FakeClock();
  const gate = new RateGate({ perSecond: 10, clock });
  const order: string[] = [];
  const take = (name: string, priority: number) =>
    void gate.take({ priority }).then(() => order.push(name));
  take("at once", 0);
  take("low 1", 0);
  take("low 2", 0);
  take("high 1", 5);
  take("lowest", -1);
  take("high 2", 5);
  await clock.pass(1000);
  assert.deepEqual(order, ["at once", "high 1", "high 2", "low 1", "low 2", "lowest"]);
});

Deno.test("a full queue turns the next one away at once", async () => {
  const clock = new FakeClock();
  const gate = new RateGate({ perSecond: 1, clock, capacity: 2 });
  const passed = Promise.all([gate.take(), gate.take(), gate.take()]);
  await assert.rejects(gate.take(), GateFullError);
  await clock.pass(4000);
  await passed;
});

Deno.test("who gives up leaves the queue and costs nobody a turn", async () => {
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

Deno.test("when the last one gives up no timer is left", async () => {
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

Deno.test("a pause holds everybody back and is over by itself", async () => {
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
