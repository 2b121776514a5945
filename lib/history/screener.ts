import { bucketStart, type EpochSeconds } from "../candles/granularity.ts";
import type { ProductId } from "../candles/product.ts";
import type { ScreenerFigures } from "../store/screener_store.ts";
import { type Clock, systemClock } from "../time/clock.ts";
import { CachedRead } from "./cached_read.ts";

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
  readonly #figures: CachedRead<Figures>;

  constructor({ products, read, clock = systemClock }: ScreenerParts) {
    this.#figures = new CachedRead<Figures>({
      read: () => read(products(), { until: storedUntil(clock.wallMs()) }),
      keepMs: KEEP_MS,
      empty: new Map(),
      servesStale: ({ size }) => size > 0,
      clock,
    });
  }

  /** The same map until it is read again; empty until the first read succeeds. Never rejects. */
  get(): Promise<Figures> {
    return this.#figures.get();
  }

  /** The figures of the last read. */
  get known(): Figures {
    return this.#figures.known;
  }
}

/** The end of the last five-minute candles that are stored by now. */
function storedUntil(nowMs: number): EpochSeconds {
  return bucketStart(nowMs - STORED_AFTER_SECONDS * 1000, "FIVE_MINUTE");
}
