import type { EpochSeconds } from "../candles/granularity.ts";
import type { ProductId } from "../candles/product.ts";
import { type Clock, systemClock } from "../time/clock.ts";

const FRESH_MS = 30_000;

type Dates = ReadonlyMap<ProductId, EpochSeconds>;

/**
 * Until when products' candles were compared with the exchange's own. All of them are read at once and kept for half a
 * minute, so that many callers cost few reads; while the database is away, what was read last holds.
 */
export class AuditDates {
  readonly #read: () => Promise<Dates>;
  readonly #clock: Clock;
  #dates: Dates = new Map();
  #readAtMs = -Infinity;
  #reading: Promise<void> | null = null;

  constructor(read: () => Promise<Dates>, clock: Clock = systemClock) {
    this.#read = read;
    this.#clock = clock;
  }

  /** Null if they were not compared (yet), or that could never be read. Never rejects. */
  async until(productId: ProductId): Promise<EpochSeconds | null> {
    if (this.#clock.now() - this.#readAtMs >= FRESH_MS) await (this.#reading ??= this.#refresh());
    return this.#dates.get(productId) ?? null;
  }

  async #refresh(): Promise<void> {
    try {
      this.#dates = await this.#read();
    } catch {
      // The pages show that the database is away.
    } finally {
      this.#readAtMs = this.#clock.now();
      this.#reading = null;
    }
  }
}
