import {
  GRANULARITIES,
  type Granularity,
  GRANULARITY_SECONDS,
} from "../../lib/candles/granularity.ts";
import type { ExchangeSimulator } from "../../lib/exchange_simulator/mod.ts";
import type { CandleWatch } from "./candle_watch.ts";

/** How many candles of a length were running when the feed came, and how many of them have all their trades. */
export interface Wholeness {
  readonly of: number;
  readonly whole: number;
}

interface Expected {
  readonly productId: string;
  readonly granularity: Granularity;
  readonly start: number;
  readonly firstTradeId: number;
  /** The newest trade at that moment: a candle without it is one of before. */
  readonly lastTradeId: number;
}

/** A request brings so many trades, and one of them is known. */
const NEW_PER_PAGE = 999;

/**
 * The candles that were running at one moment, as the exchange's trades have them. A candle is whole when its trades
 * begin with its bucket's first and none is missing up to its last: what the exchange's candles stand in for is not.
 */
export class RunningCandles {
  readonly #expected: Expected[] = [];
  /** By product: the newest trade at that moment, and the trades of its day until then. */
  readonly #days = new Map<string, { readonly lastTradeId: number; readonly trades: number }>();

  /** `at` in epoch seconds. Reads a day's trades of all products. */
  constructor(simulator: ExchangeSimulator, at: number) {
    for (const productId of simulator.products) {
      for (const granularity of GRANULARITIES) {
        const seconds = GRANULARITY_SECONDS[granularity];
        const start = Math.floor(at / seconds) * seconds;
        const [candle] = simulator.truth.candles(productId, seconds, start, at);
        if (candle === undefined) continue;
        const { firstTradeId, lastTradeId, trades } = candle;
        this.#expected.push({ productId, granularity, start, firstTradeId, lastTradeId });
        if (granularity === "ONE_DAY") this.#days.set(productId, { lastTradeId, trades });
      }
    }
  }

  /** By length, what a watch has seen. */
  wholeness(watch: CandleWatch): Record<string, Wholeness> {
    const counts: Record<string, { of: number; whole: number }> = {};
    for (const { productId, granularity, start, firstTradeId, lastTradeId } of this.#expected) {
      const count = counts[granularity] ??= { of: 0, whole: 0 };
      const candle = watch.of(productId, granularity, start);
      count.of++;
      if (candle?.firstTradeId !== firstTradeId || candle.lastTradeId === null) continue;
      if (candle.lastTradeId < lastTradeId) continue;
      if (candle.trades === candle.lastTradeId - firstTradeId + 1) count.whole++;
    }
    return counts;
  }

  /**
   * The fewest pages that bring what the feed's snapshots of so many trades do not: back to midnight, or, where
   * `since` says what was known before an absence, back to there.
   */
  fewestPages(snapshotTrades: number, since: RunningCandles | null): number {
    let pages = 0;
    for (const [productId, { lastTradeId, trades }] of this.#days) {
      const known = since === null ? undefined : since.#days.get(productId)?.lastTradeId;
      const missing = known === undefined ? trades : lastTradeId - known;
      pages += Math.ceil(Math.max(0, missing - snapshotTrades) / NEW_PER_PAGE);
    }
    return pages;
  }
}
