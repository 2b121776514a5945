import assert from "node:assert/strict";
import { type EpochSeconds, epochSeconds } from "../candles/granularity.ts";
import { productId } from "../candles/product.ts";
import { FakeClock } from "../time/fake_clock.ts";
import { type DoubtfulStore, Doubts } from "./doubts.ts";

const BTC = productId("BTC-USD");
const NOON = Date.UTC(2026, 3, 7, 12);
const DAY_SECONDS = 86_400;

const NO_MINUTE: EpochSeconds | null = null;

type Gap = Awaited<ReturnType<DoubtfulStore["gaps"]["all"]>>[number];
type Break = Awaited<ReturnType<DoubtfulStore["candles"]["chain"]>>[number];

/** A database with a test's content, which records its queries. */
function setUp({ isReadOnly = false, newest = NO_MINUTE } = {}) {
  const gaps: Gap[] = [];
  const breaks: Break[] = [];
  const lost: Break[] = [];
  const days: { productId: typeof BTC; day: Break["fromStart"] }[] = [];
  const marked: { id: number; fromMs: number; toMs: number }[] = [];
  const requested: { from: number; to: number; exactToo: boolean }[] = [];
  let settled = 0;
  const store: DoubtfulStore = {
    gaps: {
      all: () => Promise.resolve(gaps),
      settle() {
        settled++;
        return isReadOnly ? Promise.reject(new Error("read-only transaction")) : Promise.resolve();
      },
    },
    candles: {
      chain(_ids, from, to, { exactToo = false } = {}) {
        requested.push({ from, to, exactToo });
        return Promise.resolve(exactToo ? lost : breaks);
      },
      inexactDays: () => Promise.resolve(days),
      newestMinute: () => Promise.resolve(newest),
    },
    mark: { doubts: () => Promise.resolve(marked) },
  };
  const doubts = new Doubts(store, new FakeClock(NOON));
  return { doubts, gaps, breaks, lost, days, marked, requested, settled: () => settled };
}

function breakBetween(fromStart: number, toStart: number): Break {
  return {
    productId: BTC,
    fromId: 31,
    toId: 40,
    fromStart: epochSeconds(fromStart),
    toStart: epochSeconds(toStart),
  };
}

Deno.test("doubts - a database with an unbroken chain of exact minutes has none", async () => {
  const { doubts, requested, settled } = setUp();
  assert.deepEqual(await doubts.read([BTC]), []);
  assert.equal(doubts.newest, 0);
  assert.equal(settled(), 1);
  assert.deepEqual(requested, [{
    from: NOON / 1000 - 3 * DAY_SECONDS,
    to: NOON / 1000,
    exactToo: false,
  }]);
});

Deno.test("doubts - broken chains, inexact days and open gaps are all among them, in milliseconds", async () => {
  const { doubts, gaps, breaks, days } = setUp();
  const minute = NOON / 1000 - 3600;
  breaks.push(breakBetween(minute, minute + 120));
  days.push({ productId: BTC, day: epochSeconds(NOON / 1000 - DAY_SECONDS / 2) });
  gaps.push({ productId: BTC, fromId: 7, toId: 9, fromTimeMs: NOON - 500, toTimeMs: NOON - 20 });
  assert.deepEqual(await doubts.read([BTC]), [
    { productId: BTC, fromMs: minute * 1000, toMs: (minute + 120) * 1000 },
    { productId: BTC, fromMs: NOON - DAY_SECONDS * 500, toMs: NOON - DAY_SECONDS * 500 },
    { productId: BTC, fromMs: NOON - 500, toMs: NOON - 20 },
  ]);
});

Deno.test("doubts - where the database lost rows exact minutes are examined too, two days around", async () => {
  const { doubts, lost, marked, requested } = setUp();
  const long = NOON - 40 * DAY_SECONDS * 1000;
  marked.push({ id: 4, fromMs: long + 1, toMs: long + 999 });
  lost.push(breakBetween(long / 1000, long / 1000 + 60));
  assert.deepEqual(await doubts.read([BTC]), [
    { productId: BTC, fromMs: long, toMs: long + 60_000 },
  ]);
  assert.equal(doubts.newest, 4);
  assert.deepEqual(requested.find(({ exactToo }) => exactToo), {
    from: long / 1000 - 2 * DAY_SECONDS,
    to: long / 1000 + 1 + 2 * DAY_SECONDS,
    exactToo: true,
  });
});

Deno.test("doubts - a read-only database is read as well", async () => {
  const { doubts, gaps } = setUp({ isReadOnly: true });
  gaps.push({ productId: BTC, fromId: 7, toId: 9, fromTimeMs: NOON - 500, toTimeMs: NOON - 20 });
  assert.equal((await doubts.read([BTC])).length, 1);
});

Deno.test("doubts - what was left open before an absence of weeks is looked for from where the candles end", async () => {
  const newest = epochSeconds(NOON / 1000 - 20 * DAY_SECONDS);
  const { doubts, requested } = setUp({ newest });
  await doubts.read([BTC]);
  assert.deepEqual(requested, [
    { from: newest - 3 * DAY_SECONDS, to: NOON / 1000, exactToo: false },
  ]);
});
