import type { ProductId } from "../candles/product.ts";
import type { Trade } from "../candles/trade.ts";

/** Timeouts of a subscription's parts, in milliseconds. */
export interface ReadinessTimings {
  /** Until the exchange must have answered a subscription. */
  readonly subscriptionMs: number;
  /** Without a snapshot, heartbeats count for a product only after this much of the exchange's time. */
  readonly snapshotMs: number;
  /** Delay before a product that was refused twice is requested again. */
  readonly refusedMs: number;
}

interface Subscribed {
  /** When it was last requested, by our clock. */
  requestedAt: number;
  requests: number;
  /** Requested repeatedly and not answered in time; true until it is answered. */
  refused: boolean;
  answered: boolean;
  snapshotSeen: boolean;
  /** The first heartbeat after the answer, by the exchange's clock. */
  settlingSinceMs: number | null;
  ready: boolean;
}

/**
 * Which subscriptions of one socket were requested and answered, by product. A heartbeat counts for a product only once
 * its subscription is answered and its snapshot has come (or 3 s passed without one): before that, trades older than
 * the heartbeat may still be in flight.
 */
export class Readiness {
  readonly #timings: ReadinessTimings;
  readonly #products = new Map<ProductId, Subscribed>();
  #ready: readonly ProductId[] = [];
  #settling = 0;

  constructor(timings: ReadinessTimings) {
    this.#timings = timings;
  }

  /** The products requested on this socket. */
  get requested(): ReadonlyMap<ProductId, unknown> {
    return this.#products;
  }

  /** The products for which this socket's heartbeats count. The same array until that changes. */
  get ready(): readonly ProductId[] {
    return this.#ready;
  }

  /** The products whose subscriptions are acknowledged. */
  get answered(): ReadonlySet<ProductId> {
    return new Set(
      [...this.#products].flatMap(([product, { answered }]) => answered ? [product] : []),
    );
  }

  /** A subscription was sent at `now` (our clock). */
  request(products: Iterable<ProductId>, now: number): void {
    for (const product of products) {
      const held = this.#products.get(product);
      const requests = (held?.requests ?? 0) + 1;
      this.#products.set(product, { ...fresh(now, requests), refused: held?.refused ?? false });
    }
    this.#count();
  }

  /** An unsubscription was sent. */
  forget(products: Iterable<ProductId>): void {
    for (const product of products) this.#products.delete(product);
    this.#count();
  }

  /** The exchange named the full set that it sends; products that it no longer names start over. */
  answer(named: ReadonlySet<ProductId>, now: number): void {
    for (const [product, subscribed] of this.#products) {
      const answered = isNamed(product, named);
      if (answered === subscribed.answered) continue;
      if (answered) {
        subscribed.answered = true;
        subscribed.refused = false;
      } else this.#products.set(product, fresh(now, 0));
    }
    this.#count();
  }

  /** A snapshot brought these trades. */
  snapshot(trades: readonly Trade[]): void {
    for (const trade of trades) {
      const subscribed = this.#products.get(trade.productId);
      if (subscribed !== undefined) subscribed.snapshotSeen = true;
    }
    this.#count();
  }

  /** A heartbeat with the exchange's time: products that have waited long enough without a snapshot become ready. */
  heartbeat(timeMs: number): void {
    if (this.#settling === 0) return;
    for (const subscribed of this.#products.values()) {
      if (!subscribed.answered || subscribed.ready) continue;
      subscribed.settlingSinceMs ??= timeMs;
      if (timeMs - subscribed.settlingSinceMs >= this.#timings.snapshotMs) {
        subscribed.snapshotSeen = true;
      }
    }
    this.#count();
  }

  /**
   * The products that should have been answered by `now` (our clock) and were not. After an error message at `errorAt`
   * the wait is short, since one bad product spoils the whole request it was in.
   */
  overdue(now: number, errorAt: number | null = null): ProductId[] {
    const { subscriptionMs, refusedMs } = this.#timings;
    const overdue: ProductId[] = [];
    for (const [product, subscribed] of this.#products) {
      if (subscribed.answered) continue;
      const { requests, requestedAt } = subscribed;
      const failed = errorAt !== null && errorAt >= requestedAt;
      const waitedMs = now - requestedAt;
      const isLate = waitedMs >= (failed ? subscriptionMs / 10 : subscriptionMs);
      if (requests <= MAX_QUICK_REQUESTS) {
        if (isLate) overdue.push(product);
        continue;
      }
      subscribed.refused ||= isLate;
      if (waitedMs >= refusedMs) overdue.push(product);
    }
    return overdue;
  }

  /** The products that were requested repeatedly and not answered: the exchange does not send them. */
  get refused(): ProductId[] {
    return [...this.#products].filter(([, { refused }]) => refused).map(([product]) => product);
  }

  #count(): void {
    let settling = 0;
    let changed = false;
    for (const subscribed of this.#products.values()) {
      const ready = subscribed.answered && subscribed.snapshotSeen;
      if (ready !== subscribed.ready) {
        subscribed.ready = ready;
        changed = true;
      }
      if (subscribed.answered && !ready) settling++;
    }
    this.#settling = settling;
    if (changed || this.#ready.some((product) => !this.#products.get(product)?.ready)) {
      this.#ready = [...this.#products].filter(([, { ready }]) => ready).map(([product]) =>
        product
      );
    }
  }
}

/** After this many requests without an answer, a product is requested only rarely. */
const MAX_QUICK_REQUESTS = 1;

function fresh(requestedAt: number, requests: number): Subscribed {
  return {
    requestedAt,
    requests,
    refused: false,
    answered: false,
    snapshotSeen: false,
    settlingSinceMs: null,
    ready: false,
  };
}

// A `-USDC` product is sent, and may be answered, as its `-USD` twin.
const USDC = /-USDC$/;

function isNamed(product: ProductId, named: ReadonlySet<string>): boolean {
  return named.has(product) || (USDC.test(product) && named.has(product.replace(USDC, "-USD")));
}
