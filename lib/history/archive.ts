import { type Candle, type CandleKey, candleKey, supersedes } from "../candles/candle.ts";
import type { EpochSeconds, Granularity } from "../candles/granularity.ts";
import type { ProductId } from "../candles/product.ts";
import { type Stretch, stretchOf } from "../candles/stretch.ts";
import type { CandleQuery } from "../store/candle_store.ts";
import { type RecentClosed, withRecentClosed } from "./recent_closed.ts";
import {
  NOTHING_BEYOND_MEMORY,
  type ReadAround,
  type UnstoredCandles,
} from "./unstored_candles.ts";
import type { RangeSummary } from "../store/candle_ranges.ts";
import type { StretchQuery } from "../store/candle_stretches.ts";

export type { RangeSummary } from "../store/candle_ranges.ts";

/** An archive's sources. All reject while the store is down. */
export interface ArchiveSources {
  /** Ascending; the newest `limit` of the range, the current candle included. */
  newest(query: CandleQuery): Promise<readonly Candle[]>;
  /** Ascending; the oldest `limit` stored ones of the range. */
  oldest(query: CandleQuery): Promise<readonly Candle[]>;
  summary(
    productId: ProductId,
    granularity: Granularity,
    start: EpochSeconds,
    end: EpochSeconds,
  ): Promise<RangeSummary>;
  /** Ascending; the newest stored parts of the range, merged into stretches. */
  stretches(query: StretchQuery): Promise<readonly Stretch[]>;
  current(key: CandleKey): Candle | null;
  /** As in `HistorySources`. */
  recent(key: CandleKey): Iterable<RecentClosed>;
  /** As in `HistorySources`. */
  readonly unstored?: Pick<UnstoredCandles, "around">;
  position(): number | null;
}

/** All candles of a key from the first stored one to the live one, for reading in either direction. */
export class Archive {
  readonly #sources: ArchiveSources;

  constructor(sources: ArchiveSources) {
    this.#sources = sources;
  }

  /** Ascending; the newest `limit` of the range. Rejects while the store is down. */
  newest(query: CandleQuery): Promise<readonly Candle[]> {
    return this.#sources.newest(query);
  }

  /** Ascending; the oldest `limit` of the range. Rejects while the store is down. */
  async oldest(query: CandleQuery): Promise<readonly Candle[]> {
    const key = candleKey(query.productId, query.granularity);
    const { stored: written, unstored } = await this.#around(
      key,
      () => this.#sources.oldest(query),
    );
    const closed = [...unstored, ...this.#sources.recent(key)];
    const stored = withRecentClosed(written, closed, query, "oldest");
    const current = this.current(query.productId, query.granularity);
    if (stored.length >= query.limit || current === null) return stored;
    if (current.start < (query.start ?? 0) || current.start >= (query.end ?? Infinity)) {
      return stored;
    }
    const newest = stored.at(-1);
    if (newest === undefined || newest.start < current.start) return [...stored, current];
    return supersedes(current, newest) ? [...stored.slice(0, -1), current] : stored;
  }

  /** As `History.position`. */
  position(): number | null {
    return this.#sources.position();
  }

  /**
   * The newest parts of a range as stretches, ascending, the current candle as a separate one. The
   * oldest may lack parts where `parts` ended the read. Rejects while the store is down.
   */
  async stretches(query: Omit<StretchQuery, "apart">): Promise<readonly Stretch[]> {
    const { productId, multiple, start, end, parts } = query;
    const granularity = multiple.of;
    if (multiple.parts === 1) {
      const range = {
        ...(start === undefined ? {} : { start }),
        ...(end === undefined ? {} : { end }),
      };
      return (await this.newest({ productId, granularity, ...range, limit: parts })).map(stretchOf);
    }
    const current = this.current(productId, granularity);
    const { stored: written, unstored } = await this.#around(
      candleKey(productId, granularity),
      () => this.#sources.stretches({ ...query, apart: current?.start ?? null }),
    );
    const newestWritten = written.at(-1)?.last.start ?? -1;
    const stored = [...written, ...this.#closedAfter(query, newestWritten, unstored)];
    if (current === null || current.start < (start ?? 0) || current.start >= (end ?? Infinity)) {
      return stored;
    }
    const newest = stored.at(-1);
    if (newest === undefined || newest.last.start < current.start) {
      return [...stored, stretchOf(current)];
    }
    const held = { ...newest.last, revision: newest.revision };
    return supersedes(current, held) ? [...stored.slice(0, -1), stretchOf(current)] : stored;
  }

  /** The newest candle of a key, live or closed; null if there is none yet. */
  current(productId: ProductId, granularity: Granularity): Candle | null {
    return this.#sources.current(candleKey(productId, granularity));
  }

  /** A summary of a range's stored candles. Rejects while the store is down. */
  summary(
    productId: ProductId,
    granularity: Granularity,
    start: EpochSeconds,
    end: EpochSeconds,
  ): Promise<RangeSummary> {
    return this.#sources.summary(productId, granularity, start, end);
  }

  #around<T>(key: CandleKey, read: () => Promise<T>): Promise<ReadAround<T>> {
    return (this.#sources.unstored ?? NOTHING_BEYOND_MEMORY).around(key, read);
  }

  /** Parts after `start` that closed before the current one and are not stored yet. */
  #closedAfter(
    query: Omit<StretchQuery, "apart">,
    start: number,
    unstored: readonly RecentClosed[],
  ): readonly Stretch[] {
    const { productId, multiple, parts } = query;
    const key = candleKey(productId, multiple.of);
    const currentStart = this.#sources.current(key)?.start ?? Infinity;
    const recent = [...unstored, ...this.#sources.recent(key)].filter((candle) =>
      candle.start > start && candle.start < currentStart
    );
    const range = {
      ...(query.start === undefined ? {} : { start: query.start }),
      ...(query.end === undefined ? {} : { end: query.end }),
    };
    const wish = { productId, granularity: multiple.of, ...range, limit: parts };
    return withRecentClosed([], recent, wish, "newest").map(stretchOf);
  }

  /** The last candle that starts before `end`. Rejects while the store is down. */
  async before(
    productId: ProductId,
    granularity: Granularity,
    end: EpochSeconds,
  ): Promise<Candle | null> {
    return (await this.newest({ productId, granularity, end, limit: 1 })).at(-1) ?? null;
  }

  /** The first candle that starts at `start` or later. Rejects while the store is down. */
  async after(
    productId: ProductId,
    granularity: Granularity,
    start: EpochSeconds,
  ): Promise<Candle | null> {
    return (await this.oldest({ productId, granularity, start, limit: 1 }))[0] ?? null;
  }
}
