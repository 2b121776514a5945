import {
  GRANULARITIES,
  type Granularity,
  GRANULARITY_SECONDS,
} from "../../lib/candles/granularity.ts";
import type { ExchangeSimulator } from "../../lib/exchange_simulator/mod.ts";
import type { CandleWatch, WatchedCandle } from "./candle_watch.ts";

/**
 * The number of candles of a length that were live when the feed came, and of those that have all
 * their trades.
 */
export interface Wholeness {
  readonly of: number;
  readonly whole: number;
  /** The first few that have not, with what was last seen of them. */
  readonly missing: readonly string[];
}

interface Expected {
  readonly productId: string;
  readonly granularity: Granularity;
  readonly start: number;
  readonly firstTradeId: number;
  /** The newest trade at that moment: a candle without it is one of before. */
  readonly lastTradeId: number;
}

const SHOWN = 3;
/** The new trades of a request; one of a page is known. */
const NEW_PER_PAGE = 999;

/**
 * The candles that were live at one moment, by the exchange's trades. A candle is whole when it has
 * all of its bucket's trades from the first to its last; one of the exchange's own is not.
 */
export class LiveCandles {
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

  /** By length, how many are whole in what a watch received. */
  wholeness(watch: CandleWatch): Record<string, Wholeness> {
    const counts: Record<string, { of: number; whole: number; missing: string[] }> = {};
    for (const expected of this.#expected) {
      const { productId, granularity, start } = expected;
      const count = counts[granularity] ??= { of: 0, whole: 0, missing: [] };
      const candle = watch.of(productId, granularity, start);
      count.of++;
      if (isWhole(candle, expected)) count.whole++;
      else if (count.missing.length < SHOWN) {
        const { firstTradeId, lastTradeId } = expected;
        const wanted = JSON.stringify({ firstTradeId, lastTradeId });
        count.missing.push(`${productId} ${start}: ${JSON.stringify(candle)}, not ${wanted}`);
      }
    }
    return counts;
  }

  /**
   * The fewest pages that bring what the feed's snapshots do not: back to midnight, or, where
   * `since` names what was known before an absence, back to there.
   */
  fewestPages(snapshotTrades: number, since: LiveCandles | null): number {
    let pages = 0;
    for (const [productId, { lastTradeId, trades }] of this.#days) {
      const known = since === null ? undefined : since.#days.get(productId)?.lastTradeId;
      const missing = known === undefined ? trades : lastTradeId - known;
      pages += Math.ceil(Math.max(0, missing - snapshotTrades) / NEW_PER_PAGE);
    }
    return pages;
  }
}

function isWhole(candle: WatchedCandle | null, { firstTradeId, lastTradeId }: Expected): boolean {
  if (candle === null || candle.lastTradeId === null) return false;
  return candle.firstTradeId === firstTradeId && candle.lastTradeId >= lastTradeId &&
    candle.trades === candle.lastTradeId - firstTradeId + 1;
}
