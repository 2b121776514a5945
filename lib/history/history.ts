import type { Candle, CandleKey } from "../candles/candle.ts";
import { candleKey, supersedes } from "../candles/candle.ts";
import type { EpochSeconds } from "../candles/granularity.ts";
import type { ProductId } from "../candles/product.ts";
import type { CandleQuery } from "../store/candle_store.ts";
import type { ClosingPrices } from "../store/closing_prices.ts";
import { type RecentClosed, withRecentClosed } from "./recent_closed.ts";
import { NOTHING_BEYOND_MEMORY, type UnstoredCandles } from "./unstored_candles.ts";

/** The sources of stored and current candles. */
export interface HistorySources {
  /** Ascending; the newest `limit` of the range. Rejects while the store is down. */
  page(query: CandleQuery): Promise<readonly Candle[]>;
  current(key: CandleKey): Candle | null;
  /** Closed candles of a key that came recently, stored or not, in order of arrival. */
  recent(key: CandleKey): Iterable<RecentClosed>;
  /**
   * Candles that are neither stored nor recent; left out where `recent` has all that is not stored.
   */
  readonly unstored?: Pick<UnstoredCandles, "around">;
  /** The sequence up to which every closed candle has come; null while unknown. */
  position(): number | null;
  /** Closing prices since `from`, one per half hour, of every product that has any. */
  closes(from: EpochSeconds): Promise<ReadonlyMap<ProductId, ClosingPrices>>;
}

/** A line of prices over the last day. */
export interface Sparkline {
  /** At equal intervals, oldest first; empty if unknown. */
  readonly prices: readonly number[];
  /** The part of the day that they cover, 0 to 1, up to now: after a first start the rest is still to come. */
  readonly share: number;
}

const NO_LINE: Sparkline = { prices: [], share: 0 };
const DAY_SECONDS = 86_400;
/** How much later than the day's beginning the first price of a whole day may be. */
const STEP_SECONDS = 1_800;

/** Stored candles combined with those not stored yet and the current one, and the last day's prices for drawing. */
export class History {
  readonly #sources: HistorySources;
  #day: ReadonlyMap<ProductId, Sparkline> = new Map();

  constructor(sources: HistorySources) {
    this.#sources = sources;
  }

  /**
   * The streams' id up to which anything read from now on is complete: a client that reads a page and then streams from
   * this id misses no candle that closed in between. Null while streams have no position yet.
   */
  position(): number | null {
    return this.#sources.position();
  }

  /** Ascending by start; the newest `limit` of the range. Rejects while the store is down. */
  async page(query: CandleQuery): Promise<readonly Candle[]> {
    const key = candleKey(query.productId, query.granularity);
    const { unstored: beyond = NOTHING_BEYOND_MEMORY } = this.#sources;
    const { stored: written, unstored } = await beyond.around(
      key,
      () => this.#sources.page(query),
    );
    const closed = [...unstored, ...this.#sources.recent(key)];
    const stored = withRecentClosed(written, closed, query, "newest");
    const current = this.current(key);
    if (current === null || !isWithin(current, query)) return stored;
    const newest = stored[stored.length - 1];
    if (newest !== undefined && !supersedes(current, newest)) return stored;
    const before = newest?.start === current.start ? stored.slice(0, -1) : stored;
    return [...before, current].slice(-query.limit);
  }

  /** The newest candle of a key, live or closed; null if there is none yet. */
  current(key: CandleKey): Candle | null {
    return this.#sources.current(key);
  }

  /** Closing prices of the last 24 hours, for drawing. */
  sparkline(productId: ProductId): Sparkline {
    return this.#day.get(productId) ?? NO_LINE;
  }

  /**
   * Reads the last day's prices again and returns their number. Rejects while the store is down.
   */
  async refreshDay(nowSeconds: number): Promise<number> {
    const from = nowSeconds - DAY_SECONDS as EpochSeconds;
    const closes = await this.#sources.closes(from);
    this.#day = new Map([...closes].map(([id, { from: since, prices }]) => [id, {
      prices,
      share: Math.min(1, (nowSeconds - since + STEP_SECONDS) / DAY_SECONDS),
    }]));
    return [...this.#day.values()].reduce((count, { prices }) => count + prices.length, 0);
  }
}

function isWithin({ start }: Candle, query: CandleQuery): boolean {
  return start >= (query.start ?? -Infinity) && start < (query.end ?? Infinity);
}
