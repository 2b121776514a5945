import assert from "node:assert/strict";
import { sampleCandle } from "../../tests/sample_candles.ts";
import { type Candle, candleKey } from "../candles/candle.ts";
import { epochSeconds } from "../candles/granularity.ts";
import { encodeCandle } from "../candles/wire.ts";
import { logger } from "../log.ts";
import { FakeClock } from "../time/fake_clock.ts";
import { EarlierRuns, type EarlierRunsParts, type StoredPast } from "./earlier_runs.ts";

const NOON = Date.UTC(2026, 3, 7, 12);
const BTC = sampleCandle().productId;
const UTF8 = new TextEncoder();

type StoredProduct = Awaited<ReturnType<EarlierRunsParts["store"]["products"]["all"]>>[number];

/** A bus with `candles` as its stream from sequence `first` on, and a database; a test sets what each has. */
function setUp(candles: readonly Candle[] = [], first = 1) {
  const clock = new FakeClock(NOON);
  const stop = new AbortController();
  const last = first + candles.length - 1;
  const at = {
    isReady: true,
    isCaughtUp: true,
    isStoreDown: false,
    ackFloor: last,
    mark: last as number | null,
    last,
    renewals: 0,
    doubts: [] as { id: number; fromMs: number; toMs: number }[],
    products: [] as StoredProduct[],
  };
  const readFrom: (number | string)[] = [];
  async function* stream(from: number) {
    for (const [index, candle] of candles.entries()) {
      const sequence = first + index;
      if (sequence < from) continue;
      yield {
        sequence,
        at: NOON,
        bytes: UTF8.encode(encodeCandle(candle)),
        key: candleKey(candle.productId, candle.granularity),
      };
    }
  }
  const runs = new EarlierRuns({
    bus: {
      readCurrent: () => Promise.resolve([sampleCandle({ isComplete: false, exact: false })]),
      storeFloor: () =>
        Promise.resolve({ stream: "made", first, last: at.last, ackFloor: at.ackFloor }),
      closedAfter(sequence) {
        readFrom.push(sequence);
        return stream(sequence + 1);
      },
      closedByTime(sinceMs) {
        readFrom.push(new Date(sinceMs).toISOString());
        return stream(0);
      },
    },
    store: {
      ready: () => at.isStoreDown ? Promise.reject(new Error("away")) : Promise.resolve(),
      get renewals() {
        return at.renewals;
      },
      state: () => ({ state: at.isStoreDown ? "down" : "up", reason: null }),
      candles: {
        held: () => Promise.resolve([sampleCandle()]),
        chain: () => Promise.resolve([]),
        inexactDays: () => Promise.resolve([]),
        newestMinute: () => Promise.resolve(null),
      },
      gaps: { all: () => Promise.resolve([]), settle: () => Promise.resolve() },
      mark: {
        read: () => Promise.resolve({ sequence: at.mark, writtenAtMs: 0, identity: "" }),
        doubts: () => Promise.resolve(at.doubts),
      },
      products: { all: () => Promise.resolve(at.products) },
    },
    progress: {
      isReady: () => Promise.resolve(at.isReady),
      isCaughtUp: () => Promise.resolve(at.isCaughtUp),
    },
    log: logger("test"),
    signal: stop.signal,
    clock,
  });
  return { clock, stop, at, readFrom, runs };
}

function minutes(count: number): Candle[] {
  const start = sampleCandle().start;
  return Array.from(
    { length: count },
    (_, index) => sampleCandle({ start: epochSeconds(start + 60 * index) }),
  );
}

async function starts(tail: AsyncIterable<Candle> | Iterable<Candle>): Promise<number[]> {
  const found: number[] = [];
  for await (const { start } of tail) found.push((start - sampleCandle().start) / 60);
  return found;
}

Deno.test("earlier runs - of the stream only what the database does not have is read", async () => {
  const { runs, at, readFrom } = setUp(minutes(6), 11);
  at.mark = at.ackFloor = 13;
  const known = await runs.read([BTC], () => {});
  assert.deepEqual(await starts(known.tail), [3, 4, 5]);
  assert.deepEqual(readFrom, [13]);
  assert.equal(known.current.length, 1);
  assert.equal(known.stored.length, 1);
  assert.equal(runs.isPastRead, true);
});

Deno.test("earlier runs - a restored database has less than was acknowledged: the rest is read again", async () => {
  const { runs, at } = setUp(minutes(6), 11);
  at.mark = 12;
  const known = await runs.read([BTC], () => {});
  assert.deepEqual(await starts(known.tail), [2, 3, 4, 5]);
});

Deno.test("earlier runs - what the stream no longer keeps is not waited for", async () => {
  const { runs, at, readFrom } = setUp(minutes(3), 11);
  at.mark = at.ackFloor = 2;
  const known = await runs.read([BTC], () => {});
  assert.deepEqual(await starts(known.tail), [0, 1, 2]);
  assert.deepEqual(readFrom, [10]);
});

Deno.test("earlier runs - a mark that is about to be written is waited for, eight seconds at most", async () => {
  const { runs, at, clock, readFrom } = setUp(minutes(4));
  at.mark = null;
  const early = runs.read([BTC], () => {});
  await clock.pass(2_000);
  assert.deepEqual(readFrom, []);
  at.mark = 3;
  await clock.pass(250);
  await early;
  assert.deepEqual(readFrom, [3]);

  at.mark = null;
  at.ackFloor = 2;
  const late = runs.read([BTC], () => {});
  await clock.pass(8_250);
  await late;
  assert.deepEqual(readFrom, [3, 2]);
  assert.equal(clock.timers, 0);
});

Deno.test("earlier runs - without a database the last hours of the stream are used, and its past is learned later", async () => {
  const { runs, at, clock, readFrom } = setUp(minutes(2));
  at.isReady = false;
  at.isStoreDown = true;
  const learned: StoredPast[] = [];
  const known = await runs.read([BTC], (past) => void learned.push(past));
  assert.deepEqual(readFrom, ["2026-04-07T09:00:00.000Z"]);
  assert.deepEqual(await starts(known.tail), [0, 1]);
  assert.deepEqual(known.stored, []);
  await clock.pass(60_000);
  assert.equal(runs.isPastRead, false);
  at.isStoreDown = false;
  await clock.pass(120_000);
  assert.equal(learned.length, 1);
  assert.equal(runs.isPastRead, true);
  assert.equal(clock.timers, 0);
});

Deno.test("earlier runs - a database far behind is not used until it has caught up", async () => {
  const { runs, at, clock } = setUp(minutes(2));
  at.last = 200_000;
  at.mark = at.ackFloor = 5;
  at.isCaughtUp = false;
  const known = await runs.read([BTC], () => {});
  assert.deepEqual(known.stored, []);
  let isStale = false;
  void runs.whenStale(() => true, new AbortController().signal).then(() => isStale = true);
  await clock.pass(60_000);
  assert.equal(isStale, false);
  at.isCaughtUp = true;
  await clock.pass(2_000);
  assert.equal(isStale, true);
});

for (
  const [title, change] of [
    ["made again", { renewals: 1 }],
    ["set back", { doubts: [{ id: 3, fromMs: NOON - 60_000, toMs: NOON }] }],
  ] as const
) {
  Deno.test(`earlier runs - what was read is stale once the database was ${title}, and not before`, async () => {
    const { runs, at, clock } = setUp(minutes(2));
    await runs.read([BTC], () => {});
    let isStale = false;
    let isRestored = true;
    void runs.whenStale(() => isRestored, new AbortController().signal).then(() => isStale = true);
    await clock.pass(600_000);
    assert.equal(isStale, false);
    Object.assign(at, change);
    // While a start is still restoring what it read, nothing counts as stale.
    isRestored = false;
    await clock.pass(10_000);
    assert.equal(isStale, false);
    isRestored = true;
    // The same while the database is down.
    at.isStoreDown = true;
    await clock.pass(10_000);
    assert.equal(isStale, false);
    at.isStoreDown = false;
    await clock.pass(2_000);
    assert.equal(isStale, true);
  });
}

Deno.test("earlier runs - the end of the process ends every wait", async () => {
  const { runs, at, clock, stop } = setUp(minutes(2));
  at.isStoreDown = true;
  const learning = runs.learnLater([BTC], () => assert.fail("nothing can be learned"));
  const watching = runs.whenStale(() => true, new AbortController().signal);
  await clock.pass(5_000);
  stop.abort();
  await Promise.all([learning, watching]);
  assert.equal(clock.timers, 0);
});
