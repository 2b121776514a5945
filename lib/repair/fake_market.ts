import type { Candle } from "../candles/candle.ts";
import { decimal, formatDecimal } from "../candles/decimal.ts";
import { type Granularity, GRANULARITY_SECONDS } from "../candles/granularity.ts";
import { type ProductId, productId } from "../candles/product.ts";
import type { Trade } from "../candles/trade.ts";

/** A trade with its amounts as whole numbers, too, which the judge sums independently of the code under test. */
export interface MarketTrade extends Trade {
  readonly cents: bigint;
  readonly sats: bigint;
}

/** What a market trades; everything else follows from the seed. */
export interface MarketShape {
  readonly seed: number;
  /** Epoch milliseconds. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Trades per minute, on average, of each product. */
  readonly perMinute: readonly number[];
  /** The chance that ids are left out before a trade; 0.01 if not given. */
  readonly leftOut?: number;
  /** This many trades of the first product within one second. */
  readonly burst?: { readonly atMs: number; readonly trades: number };
}

/** A seeded source of random numbers in [0, 1). */
export type Chance = () => number;

/** Mulberry32. */
export function chanceOf(seed: number): Chance {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Which trades the feed or an answer has brought. */
export class Brought {
  readonly #ids = new Map<ProductId, Set<number>>();

  /** Adds trades; returns how many of them are new. */
  add(trades: readonly Trade[]): number {
    let fresh = 0;
    for (const { productId, tradeId } of trades) {
      let ids = this.#ids.get(productId);
      if (ids === undefined) this.#ids.set(productId, ids = new Set());
      if (!ids.has(tradeId)) fresh++;
      ids.add(tradeId);
    }
    return fresh;
  }
}

/** For tests: all trades that a few products ever have, and the candles which those make. */
export class FakeMarket {
  readonly products: readonly ProductId[];
  readonly #trades: ReadonlyMap<ProductId, readonly MarketTrade[]>;

  constructor(readonly shape: MarketShape) {
    const { seed, perMinute } = shape;
    this.products = perMinute.map((_, index) => productId(`P${index}-USD`));
    this.#trades = new Map(this.products.map((id, index) => {
      const burst = index === 0 ? shape.burst : undefined;
      return [id, tradesOf(id, shape, perMinute[index] ?? 1, chanceOf(seed + index), burst)];
    }));
  }

  /** A product's trades, ascending, in `fromMs` < … ≤ `toMs`. */
  between(id: ProductId, fromMs: number, toMs: number): readonly MarketTrade[] {
    const trades = this.#trades.get(id) ?? [];
    return trades.slice(firstAfter(trades, fromMs), firstAfter(trades, toMs));
  }

  /** The candles of a granularity that trades of `fromMs` < … ≤ `toMs` make: the line that each should be, by its start. */
  truth(
    id: ProductId,
    granularity: Granularity,
    fromMs: number,
    toMs: number,
  ): Map<number, string> {
    const seconds = GRANULARITY_SECONDS[granularity];
    const buckets = Map.groupBy(
      this.between(id, fromMs, toMs),
      ({ timeMs }) => Math.floor(timeMs / 1000 / seconds) * seconds,
    );
    return new Map([...buckets].map(([start, trades]) => [start, trueLineOf(trades)]));
  }
}

function tradesOf(
  id: ProductId,
  { fromMs, toMs, leftOut = 0.01 }: MarketShape,
  perMinute: number,
  chance: Chance,
  burst: MarketShape["burst"],
): MarketTrade[] {
  const times: number[] = [];
  for (let timeMs = fromMs; timeMs < toMs;) {
    times.push(timeMs);
    // One taker often meets several makers: then the times are the same.
    if (chance() < 0.7) timeMs += Math.ceil(-Math.log(1 - chance()) * 42_000 / perMinute);
  }
  for (let i = 0; i < (burst?.trades ?? 0); i++) {
    times.push((burst?.atMs ?? 0) + Math.floor(i * 900 / (burst?.trades ?? 1)));
  }
  let tradeId = 1_000;
  return times.sort((a, b) => a - b).map((timeMs) => {
    // Some ids never existed.
    tradeId += chance() < leftOut ? 2 + Math.floor(chance() * 3) : 1;
    const cents = 1 + Math.floor(chance() * 1_000_000);
    const sats = 1 + Math.floor(chance() * 1_000_000_000);
    return {
      productId: id,
      tradeId,
      timeMs,
      side: chance() < 0.5 ? "BUY" : "SELL",
      price: decimal((cents / 100).toFixed(2)),
      size: decimal((sats / 1e8).toFixed(8)),
      cents: BigInt(cents),
      sats: BigInt(sats),
    };
  });
}

/** A candle's values as a line, to be compared with the market's `truth`. */
export function lineOf(candle: Candle): string {
  const { open, high, low, close, volume, trades, quoteVolume, buyVolume } = candle;
  return [
    ...[open, high, low, close, volume].map(formatDecimal),
    trades,
    ...[quoteVolume, buyVolume].map((value) => value && formatDecimal(value)),
    candle.firstTradeId,
    candle.lastTradeId,
  ].join(" ");
}

function trueLineOf(trades: readonly MarketTrade[]): string {
  const sum = (values: readonly bigint[]) => values.reduce((a, b) => a + b, 0n);
  const prices = trades.map(({ cents }) => cents);
  const first = trades[0];
  const last = trades[trades.length - 1];
  return [
    plain(first?.cents ?? 0n, 2),
    plain(prices.reduce((a, b) => a > b ? a : b), 2),
    plain(prices.reduce((a, b) => a < b ? a : b), 2),
    plain(last?.cents ?? 0n, 2),
    plain(sum(trades.map(({ sats }) => sats)), 8),
    trades.length,
    plain(sum(trades.map(({ sats, cents }) => sats * cents)), 10),
    plain(sum(trades.map(({ sats, side }) => side === "SELL" ? sats : 0n)), 8),
    first?.tradeId,
    last?.tradeId,
  ].join(" ");
}

/** Units of 10^-places as a decimal text without trailing zeros. */
function plain(units: bigint, places: number): string {
  const text = units.toString().padStart(places + 1, "0");
  return `${text.slice(0, -places)}.${text.slice(-places)}`.replace(/\.?0+$/, "");
}

/** The index of the first trade later than an instant. */
function firstAfter(trades: readonly Trade[], timeMs: number): number {
  let low = 0;
  let high = trades.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((trades[middle]?.timeMs ?? Infinity) <= timeMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
