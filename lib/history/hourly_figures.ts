import { bucketStart, type EpochSeconds, epochSeconds } from "../candles/granularity.ts";
import type { ProductId } from "../candles/product.ts";
import type { HourlyFigures } from "../store/screener_figures.ts";
import type { ScreenerWindow } from "../store/screener_store.ts";
import { type Clock, systemClock } from "../time/clock.ts";

/** The source of the figures; rejects while the store is down. */
export interface HourlyFiguresParts {
  readonly read: (
    productIds: readonly ProductId[],
    window: ScreenerWindow,
  ) => Promise<ReadonlyMap<ProductId, HourlyFigures>>;
  readonly clock?: Clock;
}

interface Held {
  readonly figures: HourlyFigures;
  readonly until: EpochSeconds;
  readonly readAtMs: number;
}

/** Hours change when one ends, and rarely otherwise: an older one is backfilled, or its revision comes. */
const KEEP_MS = 60_000;
/** Products of one statement, which takes some 17 ms. */
const GROUP = 125;
/** Statements at a time: more would take the cores of a small machine. */
const CONCURRENT = 2;

/**
 * The figures of whole hours: read again when an hour ends and at least every minute, some products at a time, so that no
 * statement is a long one. A product that comes later is read when it comes.
 */
export class HourlyFiguresCache {
  readonly #parts: HourlyFiguresParts;
  readonly #clock: Clock;
  #held: ReadonlyMap<ProductId, Held> = new Map();

  constructor(parts: HourlyFiguresParts) {
    this.#parts = parts;
    this.#clock = parts.clock ?? systemClock;
  }

  /** Rejects while the store is down; what was read until then is not read again. */
  async of(
    productIds: readonly ProductId[],
    window: ScreenerWindow,
  ): Promise<ReadonlyMap<ProductId, HourlyFigures>> {
    const until = withSameHours(window.until);
    const held = new Map(productIds.flatMap((id) => {
      const one = this.#held.get(id);
      return one !== undefined && this.#isCurrent(one, until) ? [[id, one] as const] : [];
    }));
    // Figures of products that are no longer followed go here.
    this.#held = held;
    const due = productIds.filter((id) => !held.has(id));
    const read = async (group: readonly ProductId[]) => {
      if (group.length === 0) return;
      const figures = await this.#parts.read(group, { until });
      const readAtMs = this.#clock.now();
      for (const [id, one] of figures) held.set(id, { figures: one, until, readAtMs });
    };
    for (let from = 0; from < due.length; from += CONCURRENT * GROUP) {
      const groups = Array.from(
        { length: CONCURRENT },
        (_, index) => due.slice(from + index * GROUP, from + (index + 1) * GROUP),
      );
      await Promise.all(groups.map(read));
    }
    return new Map([...held].map(([id, { figures }]) => [id, figures]));
  }

  #isCurrent(held: Held, until: EpochSeconds): boolean {
    return held.until === until && this.#clock.now() - held.readAtMs < KEEP_MS;
  }
}

/** The first moment from which on the same hours lie within the last day, and in each other window. */
function withSameHours(until: EpochSeconds): EpochSeconds {
  const hour = bucketStart(until * 1000, "ONE_HOUR");
  // At its very end the day has an hour more than within the next one.
  return until === hour ? until : epochSeconds(hour + 300);
}
