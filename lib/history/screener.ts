import { type EpochSeconds, GRANULARITY_SECONDS } from "../candles/granularity.ts";
import type { ProductId } from "../candles/product.ts";
import type { ScreenerFigures } from "../store/screener_store.ts";
import { type Clock, systemClock } from "../time/clock.ts";

/** The source of the figures; rejects while the store is down. */
export interface ScreenerParts {
  readonly products: () => readonly ProductId[];
  readonly read: (
    productIds: readonly ProductId[],
    window: { readonly until: EpochSeconds },
  ) => Promise<ReadonlyMap<ProductId, ScreenerFigures>>;
  readonly clock?: Clock;
}

type Figures = ReadonlyMap<ProductId, ScreenerFigures>;

/** Short compared with the five minutes of the candles from which the figures are computed. */
const KEEP_MS = 15_000;
/** By this time after its end a five-minute candle is stored. */
const STORED_AFTER_SECONDS = 15;

/**
 * The figures that products are screened by: one read at a time for all visitors, and none while
 * there are no visitors. Older figures are returned immediately and renewed in the background, so
 * that only the first visitor waits.
 */
export class Screener {
  readonly #parts: ScreenerParts;
  readonly #clock: Clock;
  #figures: Figures = new Map();
  #readAtMs = -Infinity;
  #reading: Promise<void> | null = null;

  constructor(parts: ScreenerParts) {
    this.#parts = parts;
    this.#clock = parts.clock ?? systemClock;
  }

  /** The same map until it is read again; empty until the first read succeeds. Never rejects. */
  async get(): Promise<Figures> {
    if (this.#clock.now() - this.#readAtMs >= KEEP_MS) {
      const reading = this.#reading ??= this.#read();
      if (this.#figures.size === 0) await reading;
    }
    return this.#figures;
  }

  /** The figures of the last read. */
  get known(): Figures {
    return this.#figures;
  }

  async #read(): Promise<void> {
    const length = GRANULARITY_SECONDS.FIVE_MINUTE;
    const seconds = Math.floor(this.#clock.wallMs() / 1000) - STORED_AFTER_SECONDS;
    const until = seconds - seconds % length as EpochSeconds;
    try {
      this.#figures = await this.#parts.read(this.#parts.products(), { until });
    } catch {
      // The pages show that the database is down.
    } finally {
      this.#readAtMs = this.#clock.now();
      this.#reading = null;
    }
  }
}
