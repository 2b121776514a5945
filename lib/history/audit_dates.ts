import type { EpochSeconds } from "../candles/granularity.ts";
import type { ProductId } from "../candles/product.ts";
import { type Clock, systemClock } from "../time/clock.ts";
import { CachedRead } from "./cached_read.ts";

const KEEP_MS = 30_000;

type Dates = ReadonlyMap<ProductId, EpochSeconds>;

/** Until when products' candles were compared with the exchange's own, read at most half a minute ago. */
export class AuditDates {
  readonly #dates: CachedRead<Dates>;

  constructor(read: () => Promise<Dates>, clock: Clock = systemClock) {
    this.#dates = new CachedRead({ read, keepMs: KEEP_MS, empty: new Map(), clock });
  }

  /** Null if they were not compared (yet), or if it could not be read so far. Never rejects. */
  async until(productId: ProductId): Promise<EpochSeconds | null> {
    return (await this.#dates.get()).get(productId) ?? null;
  }
}
