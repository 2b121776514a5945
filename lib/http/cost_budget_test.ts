import assert from "node:assert/strict";
import fc from "fast-check";
import { FakeClock } from "../time/fake_clock.ts";
import { BudgetRefusal, CostBudget, type CostLimits } from "./cost_budget.ts";

const LIMITS: CostLimits = {
  total: 100,
  perAddress: 50,
  waiting: 6,
  waitingPerAddress: 3,
  timeoutMs: 1000,
};

Deno.test("cost budget - work beyond an address' share waits, while another address' work begins", async () => {
  const stand = new Stand();
  const [first, second, other] = [
    stand.request("a", 40),
    stand.request("a", 20),
    stand.request("b", 40),
  ];
  await settle();
  assert.deepEqual([first.state, second.state, other.state], ["begun", "waiting", "begun"]);
  first.end();
  await settle();
  assert.equal(second.state, "begun");
});

Deno.test("cost budget - work that waits for the total limit is never overtaken, even by cheap work", async () => {
  const stand = new Stand();
  const running = [stand.request("a", 50), stand.request("b", 40)];
  const dear = stand.request("c", 50);
  const cheap = stand.request("d", 1);
  await settle();
  assert.deepEqual([dear.state, cheap.state], ["waiting", "waiting"]);
  running[0]?.end();
  await settle();
  assert.deepEqual([dear.state, cheap.state], ["begun", "begun"]);
});

Deno.test("cost budget - work more expensive than an address' share runs alone instead of never", async () => {
  const stand = new Stand();
  const dear = stand.request("a", 1_000_000);
  const next = stand.request("a", 1);
  await settle();
  assert.deepEqual([dear.state, next.state], ["begun", "waiting"]);
});

Deno.test("cost budget - beyond the bound on waiting work is refused immediately, naming the limit", async () => {
  const stand = new Stand();
  stand.request("a", 50);
  for (let i = 0; i < 3; i++) stand.request("a", 10);
  const own = stand.request("a", 10);
  stand.request("b", 50);
  for (let i = 0; i < 3; i++) stand.request("b", 10);
  const all = stand.request("c", 10);
  await settle();
  assert.deepEqual([own.state, all.state], ["refused: address", "refused: total"]);
  assert.deepEqual(stand.budget.stats.refused, { address: 1, total: 1 });
});

Deno.test("cost budget - work that has waited too long is refused, with a retry time", async () => {
  const stand = new Stand();
  stand.request("a", 50);
  const own = stand.request("a", 10);
  stand.request("b", 50);
  const other = stand.request("c", 10);
  await settle();
  await stand.clock.pass(LIMITS.timeoutMs);
  await settle();
  assert.deepEqual([own.state, other.state], ["refused: address", "refused: total"]);
  assert.ok(own.retryAfterSeconds > 0 && other.retryAfterSeconds > 0);
  assert.equal(stand.budget.stats.waiting, 0);
});

Deno.test("cost budget - a client that leaves gives its place in the queue to the next", async () => {
  const stand = new Stand();
  stand.request("a", 50);
  stand.request("b", 45);
  const leaving = stand.request("c", 50);
  const next = stand.request("d", 5);
  await settle();
  assert.deepEqual([leaving.state, next.state], ["waiting", "waiting"]);
  leaving.leave();
  await settle();
  assert.deepEqual([leaving.state, next.state], ["left", "begun"]);
  assert.equal(stand.budget.stats.left, 1);
});

Deno.test("cost budget - work that has begun keeps its room until it ends, though its client has left", async () => {
  const stand = new Stand();
  const abandoned = stand.request("a", 50);
  const next = stand.request("a", 10);
  await settle();
  abandoned.leave();
  await settle();
  assert.deepEqual([stand.budget.stats.underWay, next.state], [50, "waiting"]);
  abandoned.end();
  await settle();
  assert.deepEqual([stand.budget.stats.underWay, next.state], [10, "begun"]);
});

Deno.test("cost budget - work that fails gives its room back and passes its error on", async () => {
  const budget = new CostBudget(LIMITS);
  const failing = budget.run({ address: "a" }, 50, () => Promise.reject(new Error("broken")));
  await assert.rejects(failing, /broken/);
  assert.equal(budget.stats.underWay, 0);
});

Deno.test("cost budget - admitted work is never refused and takes no place among those who wait", async () => {
  const stand = new Stand();
  stand.request("a", 50);
  const admitted = Array.from({ length: 10 }, () => stand.requestAdmitted("a", 50));
  for (let i = 0; i < 3; i++) stand.request("a", 10);
  await settle();
  await stand.clock.pass(LIMITS.timeoutMs);
  await settle();
  assert.ok(admitted.every(({ state }) => state === "waiting"));
  assert.equal(stand.budget.stats.refused.address, 3);
});

const ADDRESSES = ["a", "b", "c"] as const;

const action = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("request" as const),
      address: fc.constantFrom(...ADDRESSES),
      cost: fc.integer({ min: 0, max: 120 }),
      admitted: fc.boolean(),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("end" as const), nth: fc.nat(50) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("leave" as const), nth: fc.nat(50) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("time" as const) }) },
);

Deno.test("cost budget - whatever happens no bound is exceeded, and all that waits is served or refused", async () => {
  await fc.assert(fc.asyncProperty(fc.array(action, { maxLength: 60 }), async (actions) => {
    const stand = new Stand();
    for (const next of actions) {
      const open = stand.readers.filter(({ state }) => state === "begun" || state === "waiting");
      const chosen = "nth" in next ? open[next.nth % Math.max(1, open.length)] : undefined;
      if (next.do === "request") {
        if (next.admitted) stand.requestAdmitted(next.address, next.cost);
        else stand.request(next.address, next.cost);
      } else if (next.do === "time") await stand.clock.pass(LIMITS.timeoutMs);
      else if (next.do === "end") chosen?.end();
      else chosen?.leave();
      await settle();
      stand.check();
    }
    // As long as running work ends, everything that waits gets its turn.
    for (let rounds = 0; stand.readers.some(({ state }) => state === "waiting"); rounds++) {
      assert.ok(rounds < 200, "something starves");
      stand.readers.find(({ state }) => state === "begun")?.end();
      await settle();
      stand.check();
    }
    for (const reader of stand.readers) reader.end();
    await settle();
    assert.deepEqual([stand.budget.stats.underWay, stand.budget.stats.waiting], [0, 0]);
  }));
});

/** One reader, and the state of its work. */
class Reader {
  state = "waiting";
  retryAfterSeconds = 0;
  readonly #leaving = new AbortController();
  readonly #ending = Promise.withResolvers<void>();

  constructor(
    readonly address: string,
    readonly cost: number,
    budget: CostBudget,
    admitted: boolean,
  ) {
    const requester = { address, signal: this.#leaving.signal };
    const work = () => {
      this.state = "begun";
      return this.#ending.promise;
    };
    const run = admitted
      ? budget.runAdmitted(requester, cost, work)
      : budget.run(requester, cost, work);
    run.then(() => this.state = "ended", (error) => {
      if (!(error instanceof BudgetRefusal)) return this.state = "left";
      this.retryAfterSeconds = error.retryAfterSeconds;
      this.state = `refused: ${error.reason}`;
    });
  }

  end(): void {
    if (this.state === "begun") this.#ending.resolve();
  }

  leave(): void {
    this.#leaving.abort();
  }
}

/** A budget whose time a test passes by hand. */
class Stand {
  readonly readers: Reader[] = [];
  readonly clock = new FakeClock();
  readonly budget = new CostBudget(LIMITS, this.clock);

  request(address: string, cost: number): Reader {
    return this.#request(address, cost, false);
  }

  requestAdmitted(address: string, cost: number): Reader {
    return this.#request(address, cost, true);
  }

  /** Fails if a limit is exceeded, or waiting work has no timer. */
  check(): void {
    const begun = this.readers.filter(({ state }) => state === "begun");
    const costOf = (some: readonly Reader[]) =>
      some.reduce((sum, { cost }) => sum + Math.min(cost, LIMITS.perAddress), 0);
    assert.equal(this.budget.stats.underWay, costOf(begun));
    assert.ok(costOf(begun) <= LIMITS.total);
    for (const address of ADDRESSES) {
      assert.ok(
        costOf(begun.filter((reader) => reader.address === address)) <= LIMITS.perAddress,
      );
    }
    assert.ok(this.clock.timers <= LIMITS.waiting, `${this.clock.timers} wait`);
    const waiting = this.readers.filter(({ state }) => state === "waiting");
    assert.equal(this.budget.stats.waiting, waiting.length);
  }

  #request(address: string, cost: number, admitted: boolean): Reader {
    const reader = new Reader(address, cost, this.budget, admitted);
    this.readers.push(reader);
    return reader;
  }
}

/** Lets all settled promises run their callbacks. */
async function settle(): Promise<void> {
  for (let i = 0; i < 10; i++) await Promise.resolve();
}
