import assert from "node:assert/strict";
import fc from "fast-check";
import { GRANULARITY_SECONDS } from "../candles/granularity.ts";
import type { ProductId } from "../candles/product.ts";
import { minuteOf, ModelExchange, type ModelOptions } from "./test_model_exchange.ts";

// All of repair is judged here by what is published in the end, through `Ingest` alone, so that these tests hold for
// whatever repairs. A failure prints the scenario and fast-check's seed and path, which replay it.

const STARTS = [
  Date.UTC(2026, 3, 7, 12, 0, 10),
  Date.UTC(2026, 3, 7, 12, 57, 30),
  Date.UTC(2026, 3, 7, 23, 56, 40),
];

interface Leg {
  readonly runS: number;
  readonly ends: string;
  readonly awayS: number;
  readonly lost: number;
  readonly late: number;
  readonly repeated: number;
  readonly failing: number;
  readonly lagMs: number;
  readonly unreadable: number;
  readonly latencyMs: number;
  readonly pageLimit: number;
}

interface Scenario {
  readonly seed: number;
  readonly startMs: number;
  readonly legs: readonly Leg[];
}

const legs: fc.Arbitrary<Leg[]> = fc.array(
  fc.record({
    runS: fc.integer({ min: 15, max: 120 }),
    ends: fc.constantFrom("kill", "close", "disconnect", "database away"),
    awayS: fc.integer({ min: 0, max: 150 }),
    lost: fc.constantFrom(0, 0.1),
    late: fc.constantFrom(0, 0.2),
    repeated: fc.constantFrom(0, 0.2),
    failing: fc.constantFrom(0, 0.4, 1),
    lagMs: fc.constantFrom(0, 1_500, 8_000),
    unreadable: fc.constantFrom(0, 0, 0.05),
    latencyMs: fc.constantFrom(30, 700),
    pageLimit: fc.constantFrom(1_000, 90, 25),
  }),
  { minLength: 1, maxLength: 4 },
);

const scenarios: fc.Arbitrary<Scenario> = fc.record({
  seed: fc.nat(1_000_000),
  startMs: fc.constantFrom(...STARTS),
  legs,
});

const SMOOTH = {
  lost: 0,
  late: 0,
  repeated: 0,
  failing: 0,
  lagMs: 0,
  unreadable: 0,
  latencyMs: 30,
  pageLimit: 1_000,
};

/** Found by chance once: stored days took a gap for theirs whose trades were for minutes in memory. */
const KILLED_THREE_TIMES: Scenario = {
  seed: 0,
  startMs: Date.UTC(2026, 3, 7, 12, 0, 10),
  legs: [
    { ...SMOOTH, runS: 19, ends: "kill", awayS: 64 },
    { ...SMOOTH, runS: 15, ends: "kill", awayS: 68, failing: 0.4 },
    { ...SMOOTH, runS: 15, ends: "kill", awayS: 78, latencyMs: 700 },
  ],
};

/** Found by chance once: trades of an outage that nothing but frames which were not believed told of. */
const AWAY_FOR_A_MINUTE: Scenario = {
  seed: 0,
  startMs: Date.UTC(2026, 3, 7, 23, 56, 40),
  legs: [
    { ...SMOOTH, runS: 15, ends: "kill", awayS: 28 },
    { ...SMOOTH, runS: 38, ends: "kill", awayS: 4 },
    { ...SMOOTH, runS: 111, ends: "disconnect", awayS: 60, latencyMs: 700 },
  ],
};

async function play({ seed, startMs, legs }: Scenario): Promise<void> {
  const tradingMs = legs.reduce((sum, { runS, awayS }) => sum + (runS + awayS) * 1000, 0);
  using model = new ModelExchange({ seed, startMs, tradingMs, perMinute: [120, 12, 0.7] });
  await model.start();
  await model.pass(5_000);
  for (const { runS, ends, awayS, lost, late, repeated, failing, ...source } of legs) {
    Object.assign(model.feed, { lost, late, repeated });
    const fails = () => model.chance() < failing;
    Object.assign(model.source.faults, { ...source, fails });
    await model.pass(runS * 1000);
    if (ends === "kill") await model.kill();
    if (ends === "close") await model.close();
    if (ends === "disconnect") model.feed.connected = false;
    if (ends === "database away") model.archive.databaseAway = true;
    await model.pass(awayS * 1000);
    if (ends === "kill" || ends === "close") await model.start();
    model.feed.connected = true;
    model.archive.databaseAway = false;
  }
  model.calm();
  // A request that has failed again and again is retried within ten minutes.
  await model.pass(900_000);
  // The first start's own minute may begin before all that its first page showed.
  assert.deepEqual(model.faults(minuteOf(startMs) + 60_000), []);
  assert.equal(model.archive.audits.counts.different, 0, "placeholders were what came after");
  const calmMs = model.nowMs;
  await model.pass(600_000);
  const ends = model.endsSince(calmMs - 30_000);
  const requests = model.requestsSince(calmMs);
  assert.ok(requests <= ends, `${requests} requests for ${ends} ends, where nothing is missing`);
  await model.kill();
}

Deno.test("repair - whatever is interrupted, restarted, lost or reordered, candles end up those of the trades, all exact", async () => {
  await fc.assert(fc.asyncProperty(scenarios, play), {
    numRuns: 30,
    examples: [[KILLED_THREE_TIMES], [AWAY_FOR_A_MINUTE]],
  });
});

Deno.test("seeding - the minute in which a first start falls is whole and exact, and larger ones stay unproven", async () => {
  using model = new ModelExchange({ seed: 1, tradingMs: 400_000, perMinute: [200, 20] });
  const startMs = model.nowMs;
  await model.start();
  await model.pass(420_000);
  assert.deepEqual(model.faults(minuteOf(startMs)), []);
  const hours = model.archive.candles.filter(({ granularity, start }) =>
    granularity === "ONE_HOUR" && start * 1000 < minuteOf(startMs)
  );
  assert.ok(hours.every(({ exact }) => !exact), "what began before is not all known");
  await model.kill();
});

Deno.test("restoring - what was closed in order resumes without a gap, and a revision never falls", async () => {
  using model = new ModelExchange({ seed: 2, tradingMs: 400_000, perMinute: [100, 5] });
  await model.start();
  await model.pass(60_000);
  for (let times = 0; times < 4; times++) {
    await model.close();
    await model.start();
    await model.pass(61_000);
  }
  model.calm();
  await model.pass(300_000);
  assert.deepEqual(model.faults(minuteOf(STARTS[0] ?? 0) + 60_000), []);
  await model.close();
});

Deno.test("restoring - without a database it resumes from the bus, and repairs what that does not hold once it is back", async () => {
  using model = new ModelExchange({ seed: 3, tradingMs: 500_000, perMinute: [100, 5] });
  await model.start();
  await model.pass(90_000);
  await model.kill();
  await model.pass(40_000);
  model.archive.databaseAway = true;
  await model.start();
  await model.pass(150_000);
  model.archive.databaseAway = false;
  await model.pass(500_000);
  assert.deepEqual(model.faults(minuteOf(STARTS[0] ?? 0) + 60_000), []);
  await model.kill();
});

Deno.test("gap repair - trades that are not listed for a while are fetched once they are, and their candles revised", async () => {
  using model = new ModelExchange({ seed: 4, tradingMs: 600_000, perMinute: [100] });
  const { faults } = model.source;
  await model.start();
  await model.pass(70_000);
  model.feed.connected = false;
  await model.pass(45_000);
  model.feed.connected = true;
  faults.listedFromMs = Infinity;
  await model.pass(180_000);
  assert.ok(model.ingester.ingest.state.gapsOpen > 0);
  assert.notDeepEqual(model.faults(model.nowMs - 240_000), [], "not all is exact without them");
  faults.listedFromMs = 0;
  await model.pass(600_000);
  assert.equal(model.ingester.ingest.state.gapsOpen, 0);
  assert.deepEqual(model.faults(minuteOf(STARTS[0] ?? 0) + 60_000), []);
  assert.equal(model.archive.openGaps.size, 0, "the database knows of no gap");
  await model.kill();
});

Deno.test("gap repair - a second with more trades than a page holds gets the exchange's candle, and costs its neighbours nothing", async () => {
  const burst = { afterMs: 95_000, trades: 1_600 };
  using model = new ModelExchange({ seed: 5, tradingMs: 300_000, perMinute: [60, 10], burst });
  const startMs = model.nowMs;
  await model.start();
  await model.pass(90_000);
  model.feed.connected = false;
  await model.pass(15_000);
  model.feed.connected = true;
  await model.pass(400_000);
  const minute = minuteOf(startMs + burst.afterMs);
  const candle = model.archive.newest(model.product(0), "ONE_MINUTE", minute / 1000);
  assert.deepEqual([candle?.exact, candle?.trades], [false, null]);
  const others = model.faults(minuteOf(startMs) + 60_000)
    .filter((fault) => !fault.startsWith(`${model.product(0)} `));
  assert.deepEqual(others, []);
  const minutes = model.faults(minuteOf(startMs) + 60_000)
    .filter((fault) => fault.includes(" ONE_MINUTE "));
  assert.equal(minutes.length, 1, minutes.join("\n"));
  const calmMs = model.nowMs;
  await model.pass(3_600_000);
  assert.ok(model.requestsSince(calmMs) < 40, "it is retried rarely");
  await model.kill();
});

Deno.test("stored days - an absence of five hours over midnight leaves every candle of both days exact", async () => {
  const startMs = Date.UTC(2026, 3, 7, 21, 58, 10);
  const awayMs = 5 * 3_600_000;
  const tradingMs = awayMs + 600_000;
  using model = new ModelExchange({ seed: 6, startMs, tradingMs, perMinute: [10, 0.5] });
  await model.start();
  await model.pass(200_000);
  await model.kill();
  model.archive.store();
  model.clock.work(awayMs);
  await model.start();
  await model.pass(900_000);
  assert.deepEqual(model.faults(minuteOf(startMs) + 60_000), []);
  assert.equal(model.ingester.ingest.state.daysWaiting, 0);
  await model.kill();
});

Deno.test("repair - a product whose requests always fail costs the others nothing", async () => {
  const published = async (broken: boolean) => {
    using model = new ModelExchange({ seed: 7, tradingMs: 300_000, perMinute: [60, 60, 5] });
    model.source.faults.fails = (productId) => broken && productId === model.product(0);
    await model.start();
    for (let times = 0; times < 3; times++) {
      await model.pass(50_000);
      model.feed.connected = false;
      await model.pass(40_000);
      model.feed.connected = true;
    }
    await model.pass(200_000);
    await model.kill();
    const requests = model.requestsOf(model.product(0));
    return {
      requests,
      others: model.archive.log.filter(({ productId }) => productId !== model.product(0)),
    };
  };
  const [sound, broken] = [await published(false), await published(true)];
  assert.deepEqual(broken.others, sound.others);
  assert.ok(broken.requests < 30, `${broken.requests} requests, all in vain`);
});

Deno.test("repair - each end of a quiet product's candles is proven by one request, and then nothing is requested", async () => {
  using model = new ModelExchange({ seed: 8, tradingMs: 100_000, perMinute: [30] });
  const startMs = model.nowMs;
  await model.start();
  await model.pass(140_000);
  const quietMs = model.nowMs;
  await model.pass(2 * 3_600_000);
  assert.deepEqual(model.faults(minuteOf(startMs)), []);
  assert.ok(model.requestsSince(quietMs) <= model.endsSince(quietMs - 30_000));
  await model.kill();
});

Deno.test("overflow - candles that a full queue refuses are published once there is room", async () => {
  using model = new ModelExchange({
    seed: 9,
    tradingMs: 600_000,
    perMinute: [30, 30, 30, 30, 30, 30],
    queueCapacity: 4,
  });
  const startMs = model.nowMs;
  await model.start();
  await model.pass(900_000);
  assert.deepEqual(model.faults(minuteOf(startMs)), []);
  await model.kill();
});

Deno.test("repair - a last minute whose beginning stays unknown is looked at ever more rarely", async () => {
  for (const isNewestListed of [true, false]) {
    using model = new ModelExchange({ seed: 0, tradingMs: 60_000, perMinute: [120] });
    await model.start();
    await model.pass(15_000);
    await model.kill();
    await model.pass(55_000);
    // The trades between those of the two starts are in no answer.
    const snapshot = model.market.between(model.product(0), 0, model.nowMs).slice(-50);
    model.source.faults.listedFromMs = isNewestListed ? snapshot[0]?.timeMs ?? 0 : Infinity;
    await model.start();
    await model.pass(180_000);
    const quietMs = model.nowMs;
    await model.pass(1_200_000);
    assert.ok(model.ingester.ingest.state.gapsOpen > 0);
    assert.ok(model.requestsSince(quietMs) < 15, `${model.requestsSince(quietMs)} requests`);
    await model.kill();
  }
});

Deno.test("stored days - a gap that reaches into the minutes in memory is closed by those alone", async () => {
  const startMs = Date.UTC(2026, 3, 7, 11, 40, 10);
  const awayMs = 75 * 60_000;
  const tradingMs = 600_000 + awayMs + 300_000;
  using model = new ModelExchange({ seed: 11, startMs, tradingMs, perMinute: [10] });
  await model.start();
  await model.pass(600_000);
  await model.kill();
  model.clock.work(awayMs);
  // Live candles fail to be repaired for so long that memory has let go of the hour in which the gap begins.
  model.archive.databaseAway = true;
  model.source.faults.fails = () => true;
  await model.start();
  await model.pass(130_000);
  model.calm();
  model.archive.store();
  await model.pass(900_000);
  assert.deepEqual(model.faults(minuteOf(startMs) + 60_000), []);
  await model.kill();
});

/** A first start half an hour into an hour, the trades of the hour before being many pages. */
function started(options: Partial<ModelOptions> = {}): ModelExchange {
  return new ModelExchange({
    seed: 12,
    startMs: Date.UTC(2026, 3, 7, 12, 28, 30),
    beforeMs: 2 * 3_600_000,
    tradingMs: 2_000_000,
    perMinute: [90, 20, 1],
    // Each one would be a gap of its own as it comes over the feed.
    leftOut: 0,
    ...options,
  });
}

const ELEVEN = Date.UTC(2026, 3, 7, 11);

Deno.test("walk - a first start makes all that is held exact, with no page more than its trades fill, and none in vain", async () => {
  for (const pageLimit of [1_000, 130]) {
    using model = started();
    const startMs = model.nowMs;
    model.source.faults.pageLimit = pageLimit;
    await model.start();
    await model.pass(1_990_000);
    assert.deepEqual(model.faults(ELEVEN), []);
    for (const product of model.market.products) {
      const trades = model.market.between(product, ELEVEN, startMs).length;
      // Pages are by whole seconds: each repeats what the one above had of its oldest.
      const fresh = pageLimit - mostInOneSecond(model, product);
      const most = Math.ceil(trades / fresh) + 2;
      const requests = model.requestsOf(product, "trades");
      assert.ok(requests <= most, `${product}: ${requests} requests, ${most} at most`);
    }
    const vain = model.source.requests.filter(({ kind, fresh }) =>
      kind === "trades" && fresh === 0
    );
    assert.deepEqual(vain, []);
    await model.kill();
  }
});

function mostInOneSecond(model: ModelExchange, product: ProductId): number {
  const trades = model.market.between(product, 0, Infinity);
  const seconds = Map.groupBy(trades, ({ timeMs }) => Math.floor(timeMs / 1000));
  return Math.max(...[...seconds.values()].map(({ length }) => length));
}

Deno.test("walk - stopped at any instant it continues from what is stored, and requests hardly a page twice", async () => {
  let whole = 0;
  for (const lives of [[], [700], [1_400, 900, 600], [300, 300, 300, 2_000]]) {
    using model = started();
    model.source.faults.pageLimit = 300;
    model.source.faults.latencyMs = 300;
    for (const ms of lives) {
      await model.start();
      await model.clock.pass(ms);
      await model.kill();
      model.archive.store();
    }
    await model.start();
    await model.pass(1_980_000);
    assert.deepEqual(model.faults(ELEVEN), [], `${lives}`);
    assert.deepEqual([...model.archive.openGaps.values()], []);
    const requests = model.requestsOf(model.product(0), "trades");
    whole ||= requests;
    // The one under way, one whose candles were, and one for the minutes that those two have in part.
    assert.ok(requests <= whole + 3 * lives.length, `${requests} requests after ${lives}`);
    await model.kill();
  }
});

Deno.test("walk - a restart requests one page where a page holds what was missed, and none where the snapshot does", async () => {
  const missed = async (awayMs: number) => {
    using model = started();
    await model.start();
    await model.pass(120_000);
    await model.kill();
    model.archive.store();
    await model.pass(awayMs);
    const restartMs = model.nowMs;
    await model.start();
    await model.pass(120_000);
    assert.deepEqual(model.faults(ELEVEN), []);
    const requests = model.market.products.map((id) => model.requestsOf(id, "trades", restartMs));
    await model.kill();
    return requests;
  };
  // The snapshot holds fifty trades of each.
  assert.deepEqual(await missed(8_000), [0, 0, 0]);
  assert.deepEqual(await missed(30_000), [1, 0, 0]);
  assert.deepEqual(await missed(300_000), [1, 1, 0]);
});

Deno.test("placeholders - the exchange's candles of the day are requested once, whatever is restarted", async () => {
  using model = started();
  await model.start();
  await model.pass(60_000);
  const requests = model.requestsOf(model.product(0), "candles");
  assert.ok(requests > 0);
  await model.kill();
  await model.start();
  await model.pass(60_000);
  assert.equal(model.requestsOf(model.product(0), "candles"), requests);
  const { current } = model.archive;
  assert.ok([...current.values()].some(({ granularity }) => granularity === "ONE_DAY"));
  await model.kill();
});

Deno.test("walk - a listing that lags the feed by seconds never proves an end falsely", async () => {
  for (const lagMs of [5_000, 9_000, 14_000]) {
    using model = new ModelExchange({ seed: 13, tradingMs: 900_000, perMinute: [12, 6, 3, 2] });
    model.source.faults.lagMs = lagMs;
    model.feed.lost = 0.2;
    await model.start();
    await model.pass(900_000);
    model.calm();
    await model.pass(400_000);
    assert.deepEqual(model.faults(minuteOf(STARTS[0] ?? 0) + 60_000), [], `${lagMs}`);
    await model.kill();
  }
});

Deno.test("walk - rows that cannot be read make no neighbours, and what they hide is repaired once they can", async () => {
  using model = new ModelExchange({ seed: 14, tradingMs: 500_000, perMinute: [100, 12] });
  model.source.faults.unreadable = 0.1;
  await model.start();
  await model.pass(90_000);
  model.feed.connected = false;
  await model.pass(90_000);
  model.feed.connected = true;
  await model.pass(120_000);
  assert.deepEqual(model.archive.breaches, []);
  assert.ok(model.ingester.ingest.state.gapsOpen > 0);
  model.calm();
  await model.pass(900_000);
  assert.deepEqual(model.faults(minuteOf(STARTS[0] ?? 0) + 60_000), []);
  await model.kill();
});

Deno.test("walk - an exchange that refuses everything for a minute is not pressed, and all is exact soon after", async () => {
  using model = new ModelExchange({
    seed: 15,
    tradingMs: 600_000,
    perMinute: [100, 30, 5],
    leftOut: 0,
  });
  await model.start();
  await model.pass(90_000);
  model.feed.connected = false;
  await model.pass(50_000);
  model.feed.connected = true;
  model.source.faults.fails = () => true;
  const refusedMs = model.nowMs;
  await model.pass(60_000);
  assert.ok(model.requestsSince(refusedMs) <= 3 * 6, `${model.requestsSince(refusedMs)} requests`);
  model.source.faults.fails = () => false;
  await model.pass(70_000);
  assert.equal(model.ingester.ingest.state.gapsOpen, 0);
  await model.pass(400_000);
  assert.deepEqual(model.faults(minuteOf(STARTS[0] ?? 0) + 60_000), []);
  await model.kill();
});

Deno.test("walk - of five thousand trades in one second only those minutes are the exchange's that hold them", async () => {
  const burst = { afterMs: 95_000, trades: 5_000 };
  for (const awayMs of [15_000, 400_000]) {
    const tradingMs = 120_000 + awayMs;
    using model = new ModelExchange({ seed: 16, tradingMs, perMinute: [60, 10], burst });
    const startMs = model.nowMs;
    await model.start();
    await model.pass(90_000);
    model.feed.connected = false;
    await model.pass(awayMs);
    model.feed.connected = true;
    await model.pass(400_000);
    const minutes = model.faults(minuteOf(startMs) + 60_000)
      .filter((fault) => fault.includes(" ONE_MINUTE "));
    assert.equal(minutes.length, 1, minutes.join("\n"));
    const { archive, product } = { archive: model.archive, product: model.product(0) };
    const candle = archive.newest(product, "ONE_MINUTE", minuteOf(startMs + burst.afterMs) / 1000);
    assert.deepEqual([candle?.exact, candle?.trades], [false, null]);
    const calmMs = model.nowMs;
    await model.pass(3_600_000);
    assert.ok(model.requestsSince(calmMs) < 40, "it is retried rarely");
    await model.kill();
  }
});

Deno.test("walk - a gap across midnight leaves every candle of both days exact", async () => {
  const startMs = Date.UTC(2026, 3, 7, 23, 55, 10);
  for (const ends of ["disconnect", "kill"]) {
    using model = new ModelExchange({ seed: 17, startMs, tradingMs: 600_000, perMinute: [120, 9] });
    await model.start();
    await model.pass(200_000);
    if (ends === "kill") await model.kill();
    else model.feed.connected = false;
    await model.pass(150_000);
    if (ends === "kill") await model.start();
    model.feed.connected = true;
    await model.pass(600_000);
    assert.deepEqual(model.faults(minuteOf(startMs) + 60_000), [], ends);
    await model.kill();
  }
});

Deno.test("stored days - three days away leave every candle exact", async () => {
  const awayMs = 3 * 86_400_000;
  const tradingMs = awayMs + 600_000;
  using model = new ModelExchange({ seed: 18, tradingMs, perMinute: [2, 0.3] });
  const startMs = model.nowMs;
  await model.start();
  await model.pass(200_000);
  await model.kill();
  model.archive.store();
  model.clock.work(awayMs);
  await model.start();
  await model.pass(900_000);
  assert.deepEqual(model.faults(minuteOf(startMs) + 60_000), []);
  await model.kill();
});

Deno.test("past - the days before a first start become exact down to the horizon, ONE_DAY of that day too, and only what was published is revised", async () => {
  const startMs = Date.UTC(2026, 3, 7, 15, 20, 10);
  const beforeMs = 50 * 3_600_000;
  const tradingMs = 10 * 3_600_000;
  using model = new ModelExchange({
    seed: 12,
    startMs,
    beforeMs,
    tradingMs,
    perMinute: [3, 0.2],
    exactDays: 1,
  });
  await model.start();
  await model.pass(200_000);
  await model.kill();
  await model.start();
  await model.pass(3_600_000);
  const day = Date.UTC(2026, 3, 6) / 1000;
  assert.deepEqual(model.pastFaults(day), []);
  assert.equal(model.ingester.ingest.state.past.daysLeft, 0);
  const early = model.archive.log.filter(({ start, granularity }) =>
    start + GRANULARITY_SECONDS[granularity] <= Date.UTC(2026, 3, 7) / 1000
  );
  assert.deepEqual(early, [], "what was never published is not published later");
  // The day's end comes, and its candle is exact when it closes.
  await model.pass(8 * 3_600_000 - 220_000);
  const today = Date.UTC(2026, 3, 7) / 1000;
  for (const product of model.market.products) {
    assert.equal(model.archive.newest(product, "ONE_DAY", today)?.exact, true, product);
  }
  assert.deepEqual(model.faults(minuteOf(startMs) + 60_000), []);
  await model.kill();
});

Deno.test("past - three days away are walked from trades, and an exchange that shows none as old is not asked for ever", async () => {
  const startMs = Date.UTC(2026, 3, 7, 15, 20, 10);
  const awayMs = 72 * 3_600_000;
  using model = new ModelExchange({
    seed: 13,
    startMs,
    tradingMs: awayMs + 1_200_000,
    perMinute: [0.4],
    exactDays: 7,
  });
  await model.start();
  await model.pass(200_000);
  await model.kill();
  model.archive.store();
  model.clock.work(awayMs);
  await model.start();
  await model.pass(900_000);
  assert.deepEqual(model.faults(minuteOf(startMs) + 60_000), []);
  const { past, daysWaiting } = model.ingester.ingest.state;
  assert.deepEqual([daysWaiting, past.products, past.hidden], [0, 1, 1]);
  assert.ok(past.daysLeft > 3);
  const calmMs = model.nowMs;
  await model.pass(3_600_000);
  assert.ok(model.requestsSince(calmMs) < 15, `${model.requestsSince(calmMs)} requests`);
  await model.kill();
});
