import type { Candle } from "../candles/candle.ts";
import {
  bucketEnd,
  bucketStart,
  GRANULARITIES,
  GRANULARITY_SECONDS,
} from "../candles/granularity.ts";
import type { IdGap } from "../candles/id_intervals.ts";
import type { ProductId } from "../candles/product.ts";
import type { ProductAggregator } from "../candles/product_aggregator.ts";
import { estimateOf } from "../exchange/exchange_candle.ts";
import type { Urgency } from "../exchange/trade_source.ts";
import { betterCandles, type PastBounds, windowOf } from "./past_candles.ts";
import type { PastParts } from "./past_parts.ts";
import type { ProvenMinutes } from "./trade_run.ts";

const HOUR = GRANULARITY_SECONDS.ONE_HOUR;
const DAY = GRANULARITY_SECONDS.ONE_DAY;

/**
 * Writes what the walk through a product's past has proven: to the database, to the bus where it
 * was published, and to memory.
 */
export class PastWriter {
  constructor(private readonly productId: ProductId, private readonly parts: PastParts) {}

  /** Stores improved candles, or publishes those that were published before; returns how many were published. */
  async improve(
    minutes: ProvenMinutes,
    known: Pick<PastBounds, "from" | "joins" | "isWholeFrom" | "wholeUntil">,
  ): Promise<number> {
    const { store } = this.parts;
    const { live, heldFrom, keptFrom } = this.parts.of(this.productId);
    const liveDay = heldFrom - heldFrom % DAY;
    const stored = await store.beside(this.productId, windowOf(minutes));
    const better = betterCandles(this.productId, minutes, stored, {
      ...known,
      // Longer candles of a day in memory are derived there, from the hours that it adopts.
      until: (granularity) =>
        live !== null && GRANULARITY_SECONDS[granularity] > HOUR ? liveDay : heldFrom,
      keptFrom: (granularity) => keptFrom(granularity),
    });
    const published = await this.#store(better);
    this.#reportReplaced(stored, better);
    this.#adopt(live, better);
    return published;
  }

  /** Where nothing is stored, uses the exchange's candles for trades that no page shows; the gap is kept. */
  async keepGap(gap: IdGap, urgency: Urgency): Promise<void> {
    const { source, store } = this.parts;
    const { heldFrom } = this.parts.of(this.productId);
    for (const granularity of GRANULARITIES) {
      const starts = [gap.fromTimeMs, gap.toTimeMs].map((ms) => bucketStart(ms, granularity));
      for (const start of new Set(starts)) {
        const end = bucketEnd(start, granularity);
        if (end > heldFrom) continue;
        const stored = await store.around(this.productId, start, bucketEnd(start, "ONE_MINUTE"));
        if (stored.some((one) => one.granularity === granularity && one.start === start)) continue;
        const found = await source.candles(this.productId, granularity, start, end, urgency);
        await this.#store(found.map(estimateOf));
      }
    }
    await store.gaps.open([{ productId: this.productId, ...gap }]);
  }

  /**
   * Allows memory to derive the live day's candles from the hours before it: nothing is missing in
   * between.
   */
  extendLive(): void {
    const { live, proven } = this.parts.of(this.productId);
    if (live === null || proven === null || proven.tradeId === null) return;
    live.extendPast(proven.from, proven.tradeId);
    this.parts.onChanged(live);
  }

  /**
   * Stores candles, by the bus if they may have been published before; returns the number of
   * those.
   */
  async #store(candles: readonly Candle[]): Promise<number> {
    const { store, publish } = this.parts;
    const { live, proven } = this.parts.of(this.productId);
    // A live product publishes before the start of that is recorded: until then anything may have
    // been published.
    const publishedFrom = proven?.publishedFrom ?? (live === null ? Infinity : -Infinity);
    const isPublished = ({ start, granularity }: Candle) =>
      bucketEnd(start, granularity) > publishedFrom;
    const unpublished = candles.filter((candle) => !isPublished(candle));
    if (unpublished.length > 0) await store.storePast(unpublished);
    const published = candles.filter(isPublished);
    if (published.length > 0) publish(this.productId, published);
    return published.length;
  }

  #reportReplaced(stored: readonly Candle[], better: readonly Candle[]): void {
    const name = ({ granularity, start }: Candle) => `${granularity} ${start}`;
    const placeholders = stored.filter(({ trades }) => trades === null);
    const byName = new Map(placeholders.map((candle) => [name(candle), candle]));
    for (const candle of better) {
      const placeholder = byName.get(name(candle));
      if (placeholder !== undefined) this.parts.onReplaced(placeholder, candle);
    }
  }

  #adopt(live: ProductAggregator | null, better: readonly Candle[]): void {
    const hours = better.filter(({ granularity }) => granularity === "ONE_HOUR");
    if (live === null || hours.length === 0) return;
    for (const hour of hours) live.adopt(hour);
    this.parts.onChanged(live);
  }
}
