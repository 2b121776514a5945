import assert from "node:assert/strict";
import { type ProductId, productId } from "../candles/product.ts";
import { FakeClock } from "../time/fake_clock.ts";
import { sleep } from "../time/pause.ts";
import { type PageClass, type PageSource, Planner } from "./planner.ts";

interface Wish {
  class: PageClass;
  value: number;
  dueMs: number;
  /** Pages that are left. */
  pages: number;
  fails: boolean;
}

/** Products by their names, each with a number of wanted pages; each page takes `latencyMs`. */
class Wishes implements PageSource {
  readonly clock = new FakeClock();
  readonly ran: string[] = [];
  readonly problems: string[] = [];
  readonly planner: Planner;
  latencyMs = 100;
  mostOfOne = 0;
  readonly #wishes = new Map<ProductId, Wish>();
  readonly #underWay = new Map<ProductId, number>();

  constructor(random = () => 0) {
    const { clock } = this;
    this.planner = new Planner({
      clock,
      random,
      sources: [this],
      onProblem: (id, waitMs) => this.problems.push(`${id} ${waitMs}`),
    });
  }

  want(name: string, wish: Partial<Wish>): void {
    const dueMs = this.clock.now();
    this.#wishes.set(productId(name), {
      class: "live",
      value: 0,
      dueMs,
      pages: 1,
      fails: false,
      ...wish,
    });
    this.planner.wake(productId(name));
  }

  next(id: ProductId) {
    const wish = this.#wishes.get(id);
    if (wish === undefined || wish.pages === 0) return null;
    return { ...wish, run: (signal: AbortSignal) => this.#run(id, wish, signal) };
  }

  get atMs(): number {
    return this.clock.now();
  }

  async #run(id: ProductId, wish: Wish, signal: AbortSignal): Promise<void> {
    const underWay = (this.#underWay.get(id) ?? 0) + 1;
    this.#underWay.set(id, underWay);
    this.mostOfOne = Math.max(this.mostOfOne, underWay);
    this.ran.push(id);
    await sleep(this.clock, this.latencyMs, signal).finally(() =>
      this.#underWay.set(id, underWay - 1)
    );
    if (wish.fails) throw new Error("no answer");
    wish.pages--;
    wish.dueMs = this.clock.now();
  }
}

Deno.test("planner - pages go by class, then value, then waiting time, in whatever order they were woken", async () => {
  const wishes = new Wishes();
  const classes = ["past", "placeholder", "end", "live", "named"] as const;
  for (const one of classes) {
    wishes.want(`${one.toUpperCase()}-1`, { class: one, value: 1 });
    wishes.want(`${one.toUpperCase()}-9`, { class: one, value: 9 });
    wishes.want(`${one.toUpperCase()}-LATE`, { class: one, value: 9 });
  }
  await wishes.clock.pass(1_000);
  assert.deepEqual(
    wishes.ran,
    [...classes].reverse().map((one) => one.toUpperCase())
      .flatMap((one) => [`${one}-9`, `${one}-LATE`, `${one}-1`]),
  );
  await wishes.planner.close();
});

Deno.test("planner - a product has one running page, however often it is woken", async () => {
  const wishes = new Wishes();
  wishes.want("BTC-USD", { pages: 5 });
  for (let times = 0; times < 50; times++) {
    wishes.planner.wake(productId("BTC-USD"));
    await wishes.clock.pass(10);
  }
  await wishes.clock.pass(1_000);
  assert.deepEqual([wishes.ran.length, wishes.mostOfOne], [5, 1]);
  await wishes.planner.close();
});

Deno.test("planner - a page waits until it is due, and one that is no longer wanted is not requested", async () => {
  const wishes = new Wishes();
  wishes.want("BTC-USD", { dueMs: wishes.atMs + 5_000 });
  wishes.want("ETH-USD", { dueMs: wishes.atMs + 5_000 });
  await wishes.clock.pass(4_990);
  assert.deepEqual([wishes.ran, wishes.planner.wanted.live], [[], 2]);
  wishes.want("ETH-USD", { pages: 0 });
  await wishes.clock.pass(200);
  assert.deepEqual(wishes.ran, ["BTC-USD"]);
  assert.deepEqual(wishes.planner.wanted.live, 0);
  await wishes.planner.close();
});

Deno.test("planner - a product that always fails backs off with jitter, and costs the others nothing", async () => {
  const wishes = new Wishes(() => 0.5);
  wishes.want("BAD-USD", { class: "named", value: 9, fails: true });
  wishes.want("BTC-USD", { pages: 1_000 });
  const startMs = wishes.atMs;
  await wishes.clock.pass(1_000 * wishes.latencyMs);
  assert.equal(wishes.atMs - startMs, 100_000);
  assert.equal(wishes.ran.filter((id) => id === "BTC-USD").length, 1_000);
  assert.deepEqual(
    wishes.problems,
    [2_500, 5_000, 10_000, 20_000, 40_000, 80_000]
      .map((ms) => `BAD-USD ${ms}`),
  );
  await wishes.planner.close();
});

Deno.test("planner - one page that succeeds resets the delay of a product that has more", async () => {
  const wishes = new Wishes();
  for (let times = 0; times < 3; times++) {
    wishes.want("BTC-USD", { fails: true, pages: 2 });
    await wishes.clock.pass(2_500);
    wishes.want("BTC-USD", { pages: 2 });
    await wishes.clock.pass(10_000);
  }
  assert.deepEqual(new Set(wishes.problems), new Set(["BTC-USD 2000", "BTC-USD 4000"]));
  await wishes.planner.close();
});

Deno.test("planner - nothing starves: what has waited long goes before what is more urgent", async () => {
  const wishes = new Wishes();
  wishes.latencyMs = 10_000;
  for (let at = 0; at < 20; at++) {
    wishes.want(`N${at}-USD`, { class: "named", value: 9, pages: 100_000 });
  }
  wishes.want("OLD-USD", { class: "past" });
  await wishes.clock.pass(10 * 60_000);
  assert.ok(!wishes.ran.includes("OLD-USD"), "the urgent ones first");
  for (let hours = 0; hours < 6; hours++) await wishes.clock.pass(10 * 60_000);
  assert.ok(wishes.ran.includes("OLD-USD"));
  await wishes.planner.close();
});

Deno.test("planner - pages of the past leave room for others, should they wait for the database", async () => {
  const wishes = new Wishes();
  for (let at = 0; at < 20; at++) wishes.want(`P${at}-USD`, { class: "past" });
  await wishes.clock.pass(10);
  assert.equal(wishes.ran.length, 6);
  wishes.want("BTC-USD", {});
  await wishes.clock.pass(10);
  assert.equal(wishes.ran.at(-1), "BTC-USD");
  await wishes.planner.close();
});

Deno.test("planner - comparisons come last and one at a time, and those that are due later are not counted", async () => {
  const wishes = new Wishes();
  for (let at = 0; at < 9; at++) wishes.want(`A${at}-USD`, { class: "audit", value: 9 });
  wishes.want("LATE-USD", { class: "audit", dueMs: wishes.atMs + 3_600_000 });
  wishes.want("PAST-USD", { class: "past" });
  assert.equal(wishes.planner.wanted.audit, 9);
  await wishes.clock.pass(10);
  assert.deepEqual(wishes.ran, ["PAST-USD", "A0-USD"]);
  await wishes.clock.pass(1000);
  assert.equal(wishes.ran.length, 10);
  await wishes.planner.close();
});

Deno.test("planner - a closed one cancels current pages and starts none", async () => {
  const wishes = new Wishes();
  for (let at = 0; at < 20; at++) wishes.want(`P${at}-USD`, { dueMs: wishes.atMs + at });
  await wishes.clock.pass(10);
  const begun = wishes.ran.length;
  await wishes.planner.close();
  wishes.want("BTC-USD", {});
  await wishes.clock.pass(60_000);
  assert.deepEqual([wishes.ran.length, wishes.problems, wishes.clock.timers], [begun, [], 0]);
});
