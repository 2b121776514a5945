import { bucketStart, type EpochSeconds, GRANULARITY_SECONDS } from "../candles/granularity.ts";
import type { ProductId } from "../candles/product.ts";
import { type Clock, systemClock } from "../time/clock.ts";
import { CachedRead } from "./cached_read.ts";

/** How far back a product's candles are exact. */
export interface ExactPast {
  /** Candles that start here or later are exact, except in open gaps; null if unknown. */
  readonly since: EpochSeconds | null;
  /**
   * `whole`: it reaches as far back as configured. `growing`: its start is moving back. `waiting`:
   * its start has not moved for a while, because other products come first or the exchange does not
   * show the trades.
   */
  readonly state: "whole" | "growing" | "waiting";
}

/** How to read proven starts, and how far back the past is to become exact. */
export interface ExactPastParts {
  /** Since when products' candles are proven; rejects while the database is down. */
  readonly starts: () => Promise<ReadonlyMap<ProductId, EpochSeconds>>;
  /** `EXACT_DAYS`; 0 for what is proven live alone. */
  readonly exactDays: number;
  readonly clock?: Clock;
}

export const NO_EXACT_PAST: ExactPast = { since: null, state: "waiting" };

const KEEP_MS = 2_000;
/** A past that has not moved for this long is `waiting`. */
const STILL_MS = 600_000;

type Pasts = ReadonlyMap<ProductId, ExactPast>;

interface Seen {
  readonly since: EpochSeconds;
  readonly atMs: number;
}

/**
 * How far back products are exact: one read of the database for all callers, at most two seconds
 * old. Whether a past grows is seen from its movement, so that a process that only serves pages
 * knows it as well.
 */
export class ExactPasts {
  readonly #parts: ExactPastParts;
  readonly #clock: Clock;
  readonly #pasts: CachedRead<Pasts>;
  #seen: ReadonlyMap<ProductId, Seen> = new Map();

  constructor(parts: ExactPastParts) {
    this.#parts = parts;
    this.#clock = parts.clock ?? systemClock;
    this.#pasts = new CachedRead<Pasts>({
      read: () => this.#read(),
      keepMs: KEEP_MS,
      empty: new Map(),
      clock: this.#clock,
    });
  }

  /**
   * By product; the same map until it is read again. Never rejects: while the database is down,
   * the last ones read.
   */
  all(): Promise<Pasts> {
    return this.#pasts.get();
  }

  /** Never rejects. */
  async of(productId: ProductId): Promise<ExactPast> {
    return (await this.all()).get(productId) ?? NO_EXACT_PAST;
  }

  async #read(): Promise<Pasts> {
    const starts = await this.#parts.starts();
    const nowMs = this.#clock.now();
    const horizon = this.#horizon();
    const seen = new Map<ProductId, Seen>();
    const pasts = new Map<ProductId, ExactPast>();
    for (const [productId, since] of starts) {
      const before = this.#seen.get(productId);
      const now = before?.since === since ? before : { since, atMs: nowMs };
      seen.set(productId, now);
      const state = nowMs - now.atMs < STILL_MS ? "growing" : "waiting";
      pasts.set(productId, { since, state: since <= horizon ? "whole" : state });
    }
    this.#seen = seen;
    return pasts;
  }

  /** The horizon of `PastWalk`, in whole days. */
  #horizon(): number {
    const { exactDays } = this.#parts;
    if (exactDays === 0) return Infinity;
    return bucketStart(
      this.#clock.wallMs() - exactDays * GRANULARITY_SECONDS.ONE_DAY * 1000,
      "ONE_DAY",
    );
  }
}
