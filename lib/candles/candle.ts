import type { Decimal } from "./decimal.ts";
import { type CandleField, VALUE_FIELDS } from "./candle_fields.ts";
import { add, compare, ZERO } from "./decimal.ts";
import type { EpochSeconds, Granularity } from "./granularity.ts";
import type { ProductId } from "./product.ts";

/** One bucket's open, high, low, close and sums; `compareStates` orders its states. */
export interface Candle {
  readonly productId: ProductId;
  readonly granularity: Granularity;
  readonly start: EpochSeconds;
  readonly open: Decimal;
  readonly high: Decimal;
  readonly low: Decimal;
  readonly close: Decimal;
  /** Sum of sizes, in the base currency. */
  readonly volume: Decimal;
  /** These five are null together where the candle came from the exchange's own candles. */
  readonly trades: number | null;
  /** Sum of price × size, in the quote currency. */
  readonly quoteVolume: Decimal | null;
  /** Sum of sizes whose taker bought. */
  readonly buyVolume: Decimal | null;
  readonly firstTradeId: number | null;
  readonly lastTradeId: number | null;
  /** The bucket is over. */
  readonly isComplete: boolean;
  /** Built from every trade of its bucket, proven on both sides; final. */
  readonly exact: boolean;
  /** 0 when first closed, one more with every later change of a closed candle. */
  readonly revision: number;
}

/** The fields that order a candle's states. */
export type CandleState = Pick<Candle, "isComplete" | "exact" | "revision">;

/**
 * The order among states of one candle (one product, granularity and start): by `isComplete`, then
 * `exact`, then `revision`. Positive if `a` is the higher state. A lower state never replaces a higher
 * one, anywhere: KV, hub, database, browser.
 */
export function compareStates(a: CandleState, b: CandleState): number {
  return Number(a.isComplete) - Number(b.isComplete) || Number(a.exact) - Number(b.exact) ||
    a.revision - b.revision;
}

/**
 * Whether `next` may take the place of `held` as a key's (product, granularity) current candle: a later
 * start wins, an earlier one loses, and for the same start no lower state replaces a higher one. Two live
 * states of one bucket are equal in the order, so the later arrival wins.
 */
export function supersedes(
  next: CandleState & Pick<Candle, "start">,
  held: CandleState & Pick<Candle, "start">,
): boolean {
  return next.start !== held.start ? next.start > held.start : compareStates(next, held) >= 0;
}

/** A key's name in NATS KV and in maps: `BTC-USD.ONE_MINUTE`. */
export type CandleKey = `${string}.${Granularity}`;

/** The key of a candle: `BTC-USD.ONE_MINUTE`. */
export function candleKey(productId: ProductId, granularity: Granularity): CandleKey {
  return `${productId}.${granularity}`;
}

/** A candle's values, which merging combines; its identity and state are not among them. */
export type CandleValues = Omit<Candle, "productId" | "granularity" | "start" | keyof CandleState>;

/** The values of a candle, without its identity and state. */
export function valuesOf(candle: CandleValues): CandleValues {
  const { open, high, low, close, volume, trades, quoteVolume, buyVolume } = candle;
  const { firstTradeId, lastTradeId } = candle;
  return {
    open,
    high,
    low,
    close,
    volume,
    trades,
    quoteVolume,
    buyVolume,
    firstTradeId,
    lastTradeId,
  };
}

/** Values as a candle in one of its states. */
export function candleOf(
  productId: ProductId,
  granularity: Granularity,
  start: EpochSeconds,
  values: CandleValues,
  { isComplete, exact, revision }: CandleState,
): Candle {
  // Field by field, not by spreading: `values` may be a minute's own merge, every candle gets the
  // same shape, and spreading is slow on the path of every live candle.
  return {
    productId,
    granularity,
    start,
    open: values.open,
    high: values.high,
    low: values.low,
    close: values.close,
    volume: values.volume,
    trades: values.trades,
    quoteVolume: values.quoteVolume,
    buyVolume: values.buyVolume,
    firstTradeId: values.firstTradeId,
    lastTradeId: values.lastTradeId,
    isComplete,
    exact,
    revision,
  };
}

/** The values that only trades give, for a candle of the exchange: unknown. */
export const NOT_FROM_TRADES = Object.freeze({
  trades: null,
  quoteVolume: null,
  buyVolume: null,
  firstTradeId: null,
  lastTradeId: null,
});

/** The values of a stretch without trades, after one that ended at `price`. */
export function quietValues(price: Decimal): CandleValues {
  return {
    ...NOT_FROM_TRADES,
    open: price,
    high: price,
    low: price,
    close: price,
    volume: ZERO,
    trades: 0,
    quoteVolume: ZERO,
    buyVolume: ZERO,
  };
}

/**
 * Merges the values of two disjoint stretches of time, `a` the earlier: open of the first, close of
 * the last, extremes and sums of both. A value that is null on either side is null in the merge.
 */
export function mergeValues(a: CandleValues, b: CandleValues): CandleValues {
  return {
    open: a.open,
    high: compare(a.high, b.high) >= 0 ? a.high : b.high,
    low: compare(a.low, b.low) <= 0 ? a.low : b.low,
    close: b.close,
    volume: add(a.volume, b.volume),
    trades: a.trades === null || b.trades === null ? null : a.trades + b.trades,
    quoteVolume: a.quoteVolume === null || b.quoteVolume === null
      ? null
      : add(a.quoteVolume, b.quoteVolume),
    buyVolume: a.buyVolume === null || b.buyVolume === null ? null : add(a.buyVolume, b.buyVolume),
    firstTradeId: b.firstTradeId === null ? null : a.firstTradeId,
    lastTradeId: a.firstTradeId === null ? null : b.lastTradeId,
  };
}

/** Whether two candles' values are equal digit for digit, ids and counts included. */
export function sameValues(a: CandleValues, b: CandleValues): boolean {
  return VALUE_FIELDS.every((field) => sameIn(field, a, b));
}

function sameIn(field: CandleField<CandleValues>, a: CandleValues, b: CandleValues): boolean {
  if (field.kind !== "decimal") return field.read(a) === field.read(b);
  const [one, other] = [field.read(a), field.read(b)];
  return one === null || other === null ? one === other : compare(one, other) === 0;
}
