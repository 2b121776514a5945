import { bucketStart, type EpochSeconds } from "../candles/granularity.ts";
import type { ProductId } from "../candles/product.ts";
import {
  type HourlyFigures,
  type RecentFigures,
  type ScreenerFigures,
  screenerFigures,
} from "../store/screener_figures.ts";
import type { ScreenerWindow } from "../store/screener_store.ts";
import { type Clock, systemClock } from "../time/clock.ts";
import { CachedRead } from "./cached_read.ts";
import { HourlyFiguresCache } from "./hourly_figures.ts";

type Read<Part> = (
  productIds: readonly ProductId[],
  window: ScreenerWindow,
) => Promise<ReadonlyMap<ProductId, Part>>;

/** The sources of the figures; they reject while the store is down. */
export interface ScreenerParts {
  readonly products: () => readonly ProductId[];
  readonly recent: Read<RecentFigures>;
  readonly hourly: Read<HourlyFigures>;
  readonly clock?: Clock;
}

type Figures = ReadonlyMap<ProductId, ScreenerFigures>;

/** Short compared with the five minutes of the candles from which the figures are computed. */
const KEEP_MS = 15_000;
/** An open dashboard asks twice as often, so these figures are of a time without visitors. */
const TOO_OLD_MS = 60_000;
/** By this time after its end a five-minute candle is stored. */
const STORED_AFTER_SECONDS = 15;

/**
 * The figures that products are screened by: one read at a time for all visitors, and none while
 * there are no visitors. Older figures are returned immediately and renewed in the background, so
 * that only the first visitor, and the first one after a minute without any, waits.
 */
export class Screener {
  readonly #figures: CachedRead<Figures>;

  constructor({ products, recent, hourly, clock = systemClock }: ScreenerParts) {
    const hours = new HourlyFiguresCache({ read: hourly, clock });
    this.#figures = new CachedRead<Figures>({
      async read() {
        const ids = products();
        const window = { until: storedUntil(clock.wallMs()) };
        const [recently, byHours] = await Promise.all([
          recent(ids, window),
          hours.of(ids, window),
        ]);
        return new Map(
          [...recently].map(([id, figures]) => [id, screenerFigures(figures, byHours.get(id))]),
        );
      },
      keepMs: KEEP_MS,
      empty: new Map(),
      servesStale: ({ size }, ageMs) => size > 0 && ageMs < TOO_OLD_MS,
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
