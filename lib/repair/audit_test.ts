import assert from "node:assert/strict";
import type { Candle } from "../candles/candle.ts";
import { decimal } from "../candles/decimal.ts";
import {
  type EpochSeconds,
  epochSeconds,
  type Granularity,
  GRANULARITY_SECONDS,
} from "../candles/granularity.ts";
import { productId } from "../candles/product.ts";
import type { Disagreement, KeptDisagreement } from "../exchange/disagreement.ts";
import { estimateOf, type ExchangeCandle } from "../exchange/exchange_candle.ts";
import { FakeClock } from "../time/fake_clock.ts";
import { Audit } from "./audit.ts";
import { compareStretch } from "./audit_comparison.ts";
import { FakeAuditStore } from "./fake_audit_store.ts";

const BTC = productId("BTC-USD");
const NOON = Date.UTC(2026, 3, 7, 12);
const DAY = GRANULARITY_SECONDS.ONE_DAY;
const HOUR_MS = 3_600_000;

Deno.test("audit - exact candles of the last day are compared, newest first, 300 a request", async () => {
  await using model = modelOf();
  await model.run();
  const requested = model.requests.map(({ granularity, start, end }) => [
    granularity,
    (end - start) / GRANULARITY_SECONDS[granularity],
  ]);
  assert.deepEqual(requested, [
    ["ONE_MINUTE", 300],
    ["ONE_MINUTE", 300],
    ["ONE_MINUTE", 300],
    ["ONE_MINUTE", 300],
    ["ONE_MINUTE", 240],
    ["FIVE_MINUTE", 288],
  ]);
  const ends = model.requests.slice(0, 5).map(({ end }) => end);
  assert.deepEqual(ends, [...ends].sort((a, b) => b - a));
  // One minute's end is 10 minutes before now, since the exchange may still change what is newer.
  assert.equal(ends[0], NOON / 1000 - 600);
  assert.deepEqual(model.audit.state.counts, {
    equal: 1440 + 288,
    different: 0,
    confirmed: 0,
    resolved: 0,
  });
  assert.equal(model.store.counts.equal, 1440 + 288);
});

Deno.test("audit - what was compared is not requested again, nor by a later start; what is newer is", async () => {
  await using model = modelOf();
  await model.run();
  model.restart();
  model.requests.length = 0;
  await model.run();
  assert.deepEqual(model.requests, []);
  assert.ok((model.dueMs() ?? 0) > model.clock.now());

  await model.clock.pass(HOUR_MS + 1000);
  await model.run();
  const spans = model.requests.map(({ start, end }) => [NOON / 1000 - start, end - start]);
  assert.deepEqual(spans, [[600, 3600], [600, 3600]]);
  // After days away: a separate stretch, down to a day before.
  await model.clock.pass(3 * DAY * 1000);
  model.requests.length = 0;
  await model.run();
  assert.equal(model.requests.length, 6);
});

Deno.test("audit - nothing is requested before something is exact, and then as trades prove more", async () => {
  await using model = modelOf();
  const exactFrom = NOON / 1000 - 7200;
  model.exactFrom = exactFrom;
  await model.run();
  assert.deepEqual(model.requests.map(({ start }) => start), [exactFrom, exactFrom]);
  model.exactFrom = exactFrom - 7200;
  await model.run();
  assert.equal(model.requests.length, 2, "not again before its time");
  await model.clock.pass(30_000);
  await model.run();
  assert.deepEqual(model.requests.slice(2).map(({ start, end }) => [start, end]), [
    [exactFrom - 7200, exactFrom],
    [exactFrom - 7200, exactFrom],
  ]);

  // Back after days, when nothing newer is exact yet.
  await model.clock.pass(3 * DAY * 1000);
  model.exactFrom = Infinity;
  model.requests.length = 0;
  await model.run();
  assert.deepEqual(model.requests, []);

  const none = modelOf();
  none.exactFrom = Infinity;
  await none.run();
  assert.deepEqual([none.requests, none.store.stretches.size], [[], 0]);
});

Deno.test("audit - a candle that differs is reported with both values, counted, and compared once more after an hour", async () => {
  await using model = modelOf();
  const start = epochSeconds(NOON / 1000 - 1800);
  const other = epochSeconds(start - 600);
  model.wrong.set(start, decimal("7.00000001"));
  model.wrong.set(other, decimal("8"));
  await model.run();
  const found = model.found.map(({ granularity, start, ours, exchanges }) => [
    granularity,
    start,
    ours?.volume,
    exchanges?.volume,
  ]);
  assert.deepEqual(found.filter(([granularity]) => granularity === "ONE_MINUTE"), [
    ["ONE_MINUTE", other, decimal("3"), decimal("8")],
    ["ONE_MINUTE", start, decimal("3"), decimal("7.00000001")],
  ]);
  const { counts, standing, newest } = model.audit.state;
  assert.deepEqual([counts.different, standing, newest.length], [found.length, found.length, 4]);
  assert.equal(newest[0]?.state, "open");
  assert.equal(model.rechecked.length, 0);

  // In between the exchange revises one of the two.
  model.wrong.delete(other);
  model.restart();
  await model.clock.pass(HOUR_MS + 1000);
  await model.run();
  const outcomes = new Map(
    model.rechecked.map((one) => [`${one.granularity} ${one.start}`, one.state]),
  );
  assert.equal(outcomes.get(`ONE_MINUTE ${start}`), "confirmed");
  assert.equal(outcomes.get(`ONE_MINUTE ${other}`), "resolved");
  assert.equal(model.audit.state.counts.confirmed, model.audit.state.standing);

  // Compared once more, and not again after that.
  const times = model.rechecked.length;
  for (let hour = 0; hour < 3; hour++) {
    await model.clock.pass(HOUR_MS);
    await model.run();
  }
  assert.equal(model.rechecked.length, times);
  assert.equal(model.found.length, found.length);
});

Deno.test("audit - a candle in a placeholder's place is compared with it, whatever its granularity", () => {
  const model = modelOf();
  const exact = model.ours("ONE_HOUR", epochSeconds(NOON / 1000 - 7200));
  const placeholder = estimateOf(exact);
  model.audit.compare(placeholder, exact);
  model.audit.compare({ ...placeholder, volume: decimal("4") }, exact);
  // Neither is a comparison: the first was not the exchange's, or the second is not exact.
  model.audit.compare(exact, exact);
  model.audit.compare({ ...exact, exact: false }, exact);
  model.audit.compare(placeholder, { ...exact, exact: false });
  const { equal, different } = model.audit.state.counts;
  assert.deepEqual([equal, different], [1, 1]);
  assert.deepEqual(model.found.map(({ exchanges }) => exchanges?.volume), [decimal("4")]);
});

Deno.test("audit - while the database is down nothing is lost, and nothing counted twice", async () => {
  await using model = modelOf();
  model.store.isDown = true;
  await model.run();
  assert.equal(model.problems.length, 1, "it is not retried immediately");
  model.store.isDown = false;
  await model.clock.pass(30_000);
  await model.run();
  model.wrong.set(epochSeconds(NOON / 1000 + 60), decimal("9"));
  await model.clock.pass(2 * HOUR_MS);
  await model.step();
  const kept = { ...model.store.counts };
  model.audit.compare(...model.replaced());
  model.store.isDown = true;
  await assert.rejects(model.audit.write());
  model.audit.compare(...model.replaced());
  model.store.isDown = false;
  await model.audit.write();
  await model.audit.write();
  assert.equal(model.store.counts.equal, kept.equal + 2);
});

Deno.test("audit - an exchange that does not answer is retried with back-off, and delays no repairs of the product", async () => {
  await using model = modelOf();
  model.isSilent = true;
  const start = model.clock.now();
  const times: number[] = [];
  while (model.clock.now() < start + HOUR_MS) {
    const before = model.problems.length;
    // What fails does not reject: the planner would let the product's repairs wait as well.
    await model.run();
    if (model.problems.length > before) times.push((model.clock.now() - start) / 1000);
    await model.clock.pass(10_000);
  }
  assert.deepEqual(times.slice(0, 4), [0, 30, 90, 210]);
  assert.ok(times.length < 12, `${times.length} times in an hour`);
  model.isSilent = false;
  await model.clock.pass(600_000);
  await model.run();
  assert.equal(model.audit.state.counts.equal, 1440 + 288);
});

Deno.test("audit - the number of kept differences is bounded; all of them are counted", async () => {
  await using model = modelOf();
  for (let start = NOON / 1000 - 2 * DAY; start < NOON / 1000; start += 60) {
    model.wrong.set(epochSeconds(start), decimal("9"));
  }
  await model.run();
  assert.equal(model.audit.state.counts.different, 1440 + 288);
  assert.equal(model.audit.state.standing, 1000);
  assert.equal(model.audit.state.newest.length, 5);
});

Deno.test("audit - only exact candles are compared, and where nothing was traded there is none", () => {
  const model = modelOf();
  const minute = (n: number, changes: Partial<Candle> = {}) => ({
    ...model.ours("ONE_MINUTE", epochSeconds(NOON / 1000 + 60 * n)),
    firstTradeId: n,
    lastTradeId: n,
    ...changes,
  });
  const ours = [
    minute(0),
    // Not the next minute, but the next trade: between them nothing was traded.
    minute(3, { firstTradeId: 1, lastTradeId: 3 }),
    minute(6, { exact: false }),
    // Trades are missing before it.
    minute(9, { firstTradeId: 9 }),
    minute(10, { close: decimal("1.0000000000000000001") }),
    minute(11),
  ];
  const exchanges = [0, 1, 3, 5, 6, 7, 9, 10].map((n) => minute(n));
  const { equal, different } = compareStretch(ours, exchanges);
  assert.equal(equal, 3);
  const shown = different.map((one) => [
    (one.start - NOON / 1000) / 60,
    one.ours !== null,
    one.exchanges !== null,
  ]);
  assert.deepEqual(shown, [[1, false, true], [10, true, true], [11, true, false]]);
});

/** An exchange and a database with a candle in every bucket, all equal except for `wrong` ones. */
function modelOf() {
  const clock = new FakeClock(NOON);
  const store = new FakeAuditStore();
  const found: Disagreement[] = [];
  const rechecked: KeptDisagreement[] = [];
  const problems: unknown[] = [];
  const requests: { granularity: Granularity; start: EpochSeconds; end: EpochSeconds }[] = [];
  const wrong = new Map<EpochSeconds, Candle["volume"]>();
  const model = {
    clock,
    store,
    found,
    rechecked,
    problems,
    requests,
    wrong,
    exactFrom: 0,
    isSilent: false,
    audit: newAudit(),
    restart: () => void (model.audit = newAudit()),
    ours: (granularity: Granularity, start: EpochSeconds): Candle => ({
      productId: BTC,
      granularity,
      start,
      open: decimal("1"),
      high: decimal("2"),
      low: decimal("1"),
      close: decimal("2"),
      volume: decimal("3"),
      trades: 2,
      quoteVolume: decimal("4"),
      buyVolume: decimal("1"),
      firstTradeId: start,
      lastTradeId: start + GRANULARITY_SECONDS[granularity] - 1,
      isComplete: true,
      exact: start >= model.exactFrom,
      revision: 0,
    }),
    replaced(): [Candle, Candle] {
      const exact = model.ours("ONE_MINUTE", epochSeconds(NOON / 1000));
      return [estimateOf(exact), exact];
    },
    dueMs: () => model.audit.next(BTC, clock.now())?.dueMs,
    async step(): Promise<boolean> {
      const work = model.audit.next(BTC, clock.now());
      if (work === null || work.dueMs > clock.now()) return false;
      await work.run(new AbortController().signal);
      return true;
    },
    /** Runs until nothing is due, for a bounded number of steps. */
    async run() {
      for (let steps = 0; await model.step(); steps++) assert.ok(steps < 50, "it does not end");
    },
    [Symbol.asyncDispose]: () => model.audit.write(),
  };
  store.candles = (_, granularity, start, end) =>
    store.isDown
      ? Promise.reject(new Error("the database is down"))
      : Promise.resolve(startsOf(granularity, start, end).map((at) => model.ours(granularity, at)));
  return model;

  function newAudit(): Audit {
    return new Audit({
      source: {
        candles: (_, granularity, start, end) =>
          model.isSilent
            ? Promise.reject(new Error("no answer"))
            : Promise.resolve(exchanges(granularity, start, end)),
      },
      store,
      clock,
      wanted: () => 0,
      onDifferent: (news) => found.push(...news),
      onRechecked: (one) => rechecked.push(one),
      onProblem: (_, error) => problems.push(error),
    });
  }

  function exchanges(
    granularity: Granularity,
    start: EpochSeconds,
    end: EpochSeconds,
  ): ExchangeCandle[] {
    requests.push({ granularity, start, end });
    return startsOf(granularity, start, end).map((at) => {
      const candle = model.ours(granularity, at);
      return { ...candle, volume: wrong.get(at) ?? candle.volume };
    });
  }
}

function startsOf(granularity: Granularity, from: EpochSeconds, end: EpochSeconds): EpochSeconds[] {
  const starts: EpochSeconds[] = [];
  for (let at = from; at < end; at = epochSeconds(at + GRANULARITY_SECONDS[granularity])) {
    starts.push(at);
  }
  return starts;
}
