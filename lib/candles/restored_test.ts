import assert from "node:assert/strict";
import type { Candle } from "./candle.ts";
import { decimal } from "./decimal.ts";
import type { EpochSeconds, Granularity } from "./granularity.ts";
import { productId } from "./product.ts";
import { ProductAggregator } from "./product_aggregator.ts";
import type { Trade } from "./trade.ts";

const BTC = productId("BTC-USD");
const NOON = Date.UTC(2026, 3, 7, 12) / 1000;
const FROM = NOON as EpochSeconds;
/** An anchor before noon, and a trade between it and noon. */
const ANCHOR = { tradeId: 998, before: FROM };

/** Ten trades a minute from noon on; ids from 1000 on. */
function tradeOf(index: number): Trade {
  return {
    productId: BTC,
    tradeId: 1000 + index,
    price: decimal(`${100 + index}`),
    size: decimal("1"),
    side: "BUY",
    timeMs: NOON * 1000 + index * 6000 + 1,
  };
}

const BEFORE_NOON: Trade = { ...tradeOf(0), tradeId: 999, timeMs: NOON * 1000 - 1 };
const TRADES: readonly Trade[] = Array.from({ length: 65 }, (_, index) => tradeOf(index));

/**
 * The closed candles of one and five minutes of a process that received only some of the trades
 * before it was killed.
 */
function leftBy(heard: readonly Trade[]): Candle[] {
  const product = new ProductAggregator(BTC, 0);
  product.merge({ ...BEFORE_NOON, tradeId: ANCHOR.tradeId, timeMs: NOON * 1000 - 2 }, true);
  for (const trade of [BEFORE_NOON, ...heard]) product.merge(trade, true);
  product.advance((NOON + 360) * 1000);
  return product.takeClosed().filter(({ start }) => start >= NOON).toSorted((a, b) =>
    a.start - b.start
  );
}

function resume(stored: readonly Candle[]): ProductAggregator {
  const product = new ProductAggregator(BTC, 0);
  product.restore(stored, FROM, ANCHOR);
  return product;
}

/** The candles of one start by granularity: how many trades, and whether exact. */
function states(candles: readonly Candle[], start: number): Partial<Record<Granularity, unknown>> {
  return Object.fromEntries(
    candles.filter((candle) => candle.start === start)
      .map(({ granularity, trades, exact }) => [granularity, [trades, exact]]),
  );
}

Deno.test("restored aggregator - trades missing where the proven past begins are a gap after a restart", () => {
  // The first minute lost some of its trades, so it is unknown which ones it has; the second is
  // missing.
  const heard = TRADES.filter((_, index) =>
    index < 60 && ![3, 4].includes(index) && !(index >= 10 && index < 20)
  );
  const product = resume(leftBy(heard).filter(({ start }) => start !== NOON + 60));
  assert.deepEqual(
    product.gaps().map(({ fromId, toId }) => [fromId, toId]),
    [[999, 1019]],
  );
  for (const trade of [BEFORE_NOON, ...TRADES]) product.merge(trade, false);
  product.advance((NOON + 390) * 1000);
  assert.deepEqual(product.gaps(), []);
  const closed = product.takeClosed();
  assert.deepEqual(states(closed, NOON), { ONE_MINUTE: [10, true], FIVE_MINUTE: [50, true] });
  assert.deepEqual(states(closed, NOON + 60), { ONE_MINUTE: [10, true] });
});

Deno.test("restored aggregator - a larger candle is not exact while its first trades are missing, though all that follow are known", () => {
  const whole = leftBy(TRADES.slice(0, 60));
  const product = resume(
    whole.filter(({ start, granularity }) => granularity === "ONE_MINUTE" && start !== NOON),
  );
  const first = product.takeClosed();
  assert.deepEqual(states(first, NOON), { FIVE_MINUTE: [40, false] });
  for (const trade of [BEFORE_NOON, ...TRADES.slice(0, 10)]) product.merge(trade, false);
  const repaired = product.takeClosed();
  assert.deepEqual(states(repaired, NOON), { ONE_MINUTE: [10, true], FIVE_MINUTE: [50, true] });
});

Deno.test("restored aggregator - a process killed before anything closed misses what it had received", () => {
  const product = resume([]);
  assert.equal(product.newest, null, "an anchor alone does not show where the product is");
  for (const trade of TRADES.slice(20)) product.merge(trade, true);
  assert.deepEqual(product.gaps().map(({ fromId, toId }) => [fromId, toId]), [[999, 1019]]);
});

Deno.test("restored aggregator - trades before the proven past create no minute, and make no older minute seem covered", () => {
  const product = resume(leftBy(TRADES.slice(0, 60)));
  const older = Array.from({ length: 50 }, (_, index): Trade => ({
    ...tradeOf(0),
    tradeId: 950 + index,
    timeMs: (NOON - 300 + index * 6) * 1000,
  }));
  for (const trade of older) product.merge(trade, false);
  product.advance((NOON + 390) * 1000);
  assert.deepEqual(product.gaps(), []);
  assert.equal(product.coverage.tradesFrom, NOON);
  assert.deepEqual(product.takeClosed().filter(({ start }) => start < NOON), []);
});

Deno.test("restored aggregator - trades between a restart and the proven start count in full, where their minutes are held", () => {
  // The first run was stopped within its first minute: proven from the next minute on, with nothing
  // stored.
  const product = new ProductAggregator(BTC, 0);
  const anchor = { tradeId: 1000, before: NOON + 60 as EpochSeconds, yields: true };
  product.restore([], anchor.before, anchor);
  const heard = TRADES.slice(5, 30);
  for (const trade of heard) product.merge(trade, true);
  // The walk's next page.
  for (const trade of [BEFORE_NOON, ...TRADES.slice(0, 5)]) product.merge(trade, false);
  product.advance((NOON + 130) * 1000);
  const minute = states(product.takeClosed(), NOON).ONE_MINUTE;
  assert.deepEqual(minute, [10, true]);
});

Deno.test("restored aggregator - an exact hour does not hide that one of its minutes is missing", () => {
  const whole = new ProductAggregator(BTC, 0);
  whole.merge({ ...BEFORE_NOON, tradeId: ANCHOR.tradeId, timeMs: NOON * 1000 - 2 }, true);
  for (const trade of [BEFORE_NOON, ...TRADES]) whole.merge(trade, true);
  whole.merge({ ...tradeOf(65), timeMs: (NOON + 3601) * 1000 }, true);
  whole.advance((NOON + 3602) * 1000);
  const stored = whole.takeClosed().filter(({ start }) => start >= NOON);
  assert.ok(stored.some(({ granularity, exact }) => granularity === "ONE_HOUR" && exact));
  const lost = stored.filter(({ granularity, start }) =>
    granularity !== "ONE_MINUTE" || start !== NOON + 120
  );
  const product = new ProductAggregator(BTC, 0);
  product.restore(lost.toSorted((a, b) => a.start - b.start), FROM, ANCHOR);
  const [gap] = product.gaps().filter(({ fromId }) => fromId > 1000);
  assert.equal(gap?.fromId, 1020);
  assert.equal(gap?.toId, 1029);
});

Deno.test("restore - an hour that was exact stays so after a restart, when ids that no trade has are a gap again", () => {
  const at = (tradeId: number, seconds: number): Trade => ({
    ...tradeOf(0),
    tradeId,
    timeMs: (NOON + seconds) * 1000,
  });
  const whole = new ProductAggregator(BTC, 0);
  const first = { ...BEFORE_NOON, tradeId: ANCHOR.tradeId, timeMs: NOON * 1000 - 2 };
  for (const trade of [first, BEFORE_NOON, at(1000, 1), at(1004, 61)]) whole.merge(trade, true);
  assert.ok(whole.bridge(1000, 1004));
  whole.merge(at(1005, 3601), true);
  whole.advance((NOON + 3602) * 1000);
  const stored = whole.takeClosed().filter(({ start }) => start >= NOON);
  assert.deepEqual(states(stored, NOON).ONE_HOUR, [2, true]);

  const product = new ProductAggregator(BTC, 0);
  product.restore(stored.toSorted((a, b) => a.start - b.start), FROM, ANCHOR);
  // Memory releases the hour's minutes before the gap is accounted for.
  for (const [tradeId, hours] of [[1005, 1], [1006, 2], [1007, 3]] as const) {
    product.merge(at(tradeId, hours * 3600 + 1), true);
    product.advance((NOON + hours * 3600 + 2) * 1000);
    product.takeClosed();
  }
  assert.ok(product.coverage.heldFrom > NOON);
  const [gap] = product.gaps().filter(({ fromId }) => fromId === 1001);
  assert.ok(gap !== undefined);
  product.account(gap);
  assert.deepEqual(states(product.takeClosed(), NOON), { TWO_HOUR: [3, true] });
});

Deno.test("restore - trades that are neighbours show that the id the proven past begins after never existed", () => {
  const product = new ProductAggregator(BTC, 0);
  for (const trade of TRADES.slice(0, 5)) product.merge(trade, true);
  product.extendPast(FROM, 998);
  product.merge({ ...BEFORE_NOON, tradeId: 996 }, false);
  assert.deepEqual(product.gaps().map(({ fromId, toId }) => [fromId, toId]), [[997, 997]]);
  assert.ok(!product.bridge(996, 997), "there is no gap between these");
  assert.ok(product.bridge(996, 1000));
  assert.deepEqual(product.gaps(), []);
});
