import assert from "node:assert/strict";
import fc from "fast-check";
import { ModelExchange } from "./test_model_exchange.ts";

// Slow: days of a model exchange are proven many times, each with other faults.

// Here and in the other tests of the model, repair is judged only by what `Ingest` publishes in the end, so that the
// tests hold for any implementation. A failure prints the scenario and fast-check's seed and path, which replay it.

const STARTS = [
  Date.UTC(2026, 3, 7, 12, 0, 10),
  Date.UTC(2026, 3, 7, 12, 57, 30),
  Date.UTC(2026, 3, 7, 23, 56, 40),
];

/** How far back there are trades before the start. */
const PAST_MS = 5 * 3_600_000;

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
    ends: fc.constantFrom("kill", "close", "disconnect", "database down", "unfollow"),
    awayS: fc.integer({ min: 0, max: 150 }),
    lost: fc.constantFrom(0, 0.1, 0.6),
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

/** A former failure: a gap was repaired as stored days although its trades belonged to minutes in memory. */
const KILLED_THREE_TIMES: Scenario = {
  seed: 0,
  startMs: Date.UTC(2026, 3, 7, 12, 0, 10),
  legs: [
    { ...SMOOTH, runS: 19, ends: "kill", awayS: 64 },
    { ...SMOOTH, runS: 15, ends: "kill", awayS: 68, failing: 0.4 },
    { ...SMOOTH, runS: 15, ends: "kill", awayS: 78, latencyMs: 700 },
  ],
};

/** A former failure: trades of an outage that only refused frames showed. */
const AWAY_FOR_A_MINUTE: Scenario = {
  seed: 0,
  startMs: Date.UTC(2026, 3, 7, 23, 56, 40),
  legs: [
    { ...SMOOTH, runS: 15, ends: "kill", awayS: 28 },
    { ...SMOOTH, runS: 38, ends: "kill", awayS: 4 },
    { ...SMOOTH, runS: 111, ends: "disconnect", awayS: 60, latencyMs: 700 },
  ],
};

/** A former failure: an hour was not exact after a restart because some ids between its minutes never existed. */
const KILLED_AFTER_WALKING: Scenario = {
  seed: 0,
  startMs: Date.UTC(2026, 3, 7, 12, 57, 30),
  legs: [{ ...SMOOTH, runS: 15, ends: "kill", awayS: 136, unreadable: 0.05 }],
};

/** A former failure: a product that was followed again began with a state below what was published. */
const FOLLOWED_AGAIN: Scenario = {
  seed: 0,
  startMs: Date.UTC(2026, 3, 7, 12, 0, 10),
  legs: [{ ...SMOOTH, runS: 15, ends: "unfollow", awayS: 0 }],
};

/** A former failure: rows left out as unreadable hid that the listing lagged, so an end was proven too early. */
const UNREADABLE_AND_LATE: Scenario = {
  seed: 634_917,
  startMs: Date.UTC(2026, 3, 7, 12, 0, 10),
  legs: [
    {
      ...SMOOTH,
      runS: 34,
      ends: "disconnect",
      awayS: 126,
      lagMs: 40_000,
      unreadable: 0.05,
      pageLimit: 25,
    },
    { ...SMOOTH, runS: 76, ends: "kill", awayS: 98 },
  ],
};

/** A former failure: a row left out as unreadable passed for a second that no page holds, so a placeholder stayed. */
const UNREADABLE_IN_A_GAP: Scenario = {
  seed: 350_991,
  startMs: Date.UTC(2026, 3, 7, 12, 57, 30),
  legs: [
    {
      ...SMOOTH,
      runS: 46,
      ends: "close",
      awayS: 5,
      lost: 0.1,
      late: 0.2,
      failing: 1,
      unreadable: 0.05,
    },
    {
      ...SMOOTH,
      runS: 117,
      ends: "close",
      awayS: 87,
      lost: 0.1,
      failing: 0.4,
      lagMs: 1_500,
      latencyMs: 700,
      pageLimit: 25,
    },
    {
      ...SMOOTH,
      runS: 114,
      ends: "database down",
      awayS: 107,
      failing: 1,
      unreadable: 0.05,
      pageLimit: 25,
    },
    {
      ...SMOOTH,
      runS: 90,
      ends: "unfollow",
      awayS: 2,
      lost: 0.1,
      late: 0.2,
      repeated: 0.2,
      failing: 0.4,
      lagMs: 8_000,
      unreadable: 0.05,
      latencyMs: 700,
      pageLimit: 25,
    },
  ],
};

/** A former failure: the proven past began after an id that never existed, so the one before it stayed a gap. */
const BEGINS_AFTER_NO_TRADE: Scenario = {
  seed: 347_541,
  startMs: Date.UTC(2026, 3, 7, 12, 0, 10),
  legs: [
    {
      ...SMOOTH,
      runS: 52,
      ends: "close",
      awayS: 107,
      late: 0.2,
      repeated: 0.2,
      failing: 1,
      lagMs: 1_500,
      unreadable: 0.05,
      latencyMs: 700,
      pageLimit: 25,
    },
    {
      ...SMOOTH,
      runS: 109,
      ends: "kill",
      awayS: 11,
      lost: 0.1,
      late: 0.2,
      repeated: 0.2,
      failing: 1,
      unreadable: 0.05,
      latencyMs: 700,
    },
    {
      ...SMOOTH,
      runS: 88,
      ends: "close",
      awayS: 115,
      lost: 0.6,
      repeated: 0.2,
      lagMs: 8_000,
      latencyMs: 700,
    },
    {
      ...SMOOTH,
      runS: 19,
      ends: "unfollow",
      awayS: 3,
      lost: 0.6,
      late: 0.2,
      repeated: 0.2,
      failing: 0.4,
      lagMs: 8_000,
      latencyMs: 700,
      pageLimit: 90,
    },
  ],
};

/** As the hour ends, a page shows that an id never existed, whose minute memory has just released. */
const CLOSED_AT_THE_EDGE: Scenario = {
  seed: 119_001,
  startMs: Date.UTC(2026, 3, 7, 12, 0, 10),
  legs: [{ ...SMOOTH, runS: 15, ends: "disconnect", awayS: 0 }],
};

async function play({ seed, startMs, legs }: Scenario): Promise<void> {
  const tradingMs = tradingMsOf(legs);
  using model = new ModelExchange({ seed, startMs, tradingMs, perMinute: [120, 12, 0.7] });
  await playLegs(model, legs);
  // A request that has failed again and again is retried within ten minutes.
  await model.pass(900_000);
  assert.deepEqual(model.faults(), []);
  assert.equal(model.archive.audits.counts.different, 0, "the differences are placeholders");
  const calmMs = model.nowMs;
  await model.pass(600_000);
  const ends = model.endsSince(calmMs - 30_000);
  const requests = model.requestsSince(calmMs);
  assert.ok(requests <= ends, `${requests} requests for ${ends} ends, where nothing is missing`);
  await model.kill();
}

/** The same, while hours of the past are proven, beside the exchange's candles for charts. */
async function playPast({ seed, startMs, legs }: Scenario): Promise<void> {
  const tradingMs = tradingMsOf(legs);
  using model = new ModelExchange({
    seed,
    startMs,
    tradingMs,
    beforeMs: PAST_MS,
    perMinute: [40, 5, 0.7, 0.2],
    exactDays: 1,
    backfillDays: 1,
  });
  await playLegs(model, legs);
  await model.pass(1_500_000);
  assert.deepEqual(model.faults(), []);
  // Nothing comes before the first trades that there are, so their minutes stay unproven.
  const isWrong = (fault: string) => fault.includes(": true ");
  assert.deepEqual(model.pastFaults(0).filter(isWrong), []);
  assert.deepEqual(model.pastFaults((startMs - PAST_MS) / 1000 + 3_600), []);
  await model.kill();
}

async function playLegs(model: ModelExchange, legs: readonly Leg[]): Promise<void> {
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
    if (ends === "database down") model.archive.databaseDown = true;
    if (ends === "unfollow") await model.follow(model.market.products.slice(1));
    await model.pass(awayS * 1000);
    if (ends === "unfollow") await model.follow(model.market.products);
    if (ends === "kill" || ends === "close") await model.start();
    model.feed.connected = true;
    model.archive.databaseDown = false;
  }
  model.calm();
}

function tradingMsOf(legs: readonly Leg[]): number {
  return legs.reduce((sum, { runS, awayS }) => sum + (runS + awayS) * 1000, 0);
}

Deno.test("repair - whatever is interrupted, restarted, lost or reordered, candles end up those of the trades, all exact", async () => {
  await fc.assert(fc.asyncProperty(scenarios, play), {
    numRuns: 30,
    examples: [
      [KILLED_THREE_TIMES],
      [AWAY_FOR_A_MINUTE],
      [UNREADABLE_AND_LATE],
      [UNREADABLE_IN_A_GAP],
      [BEGINS_AFTER_NO_TRADE],
    ],
  });
});

Deno.test("repair - whatever happens while a past is proven, each of its candles ends up that of its trades, exact", async () => {
  await fc.assert(fc.asyncProperty(scenarios, playPast), {
    numRuns: 9,
    examples: [[KILLED_AFTER_WALKING], [CLOSED_AT_THE_EDGE], [FOLLOWED_AGAIN]],
  });
});
