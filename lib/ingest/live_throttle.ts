import type { ProductAggregator } from "../candles/product_aggregator.ts";
import { type Clock, systemClock } from "../time/clock.ts";
import type { CandlePublisher } from "./candle_publisher.ts";

/**
 * Publishes a product's first change immediately and from then on at most one per interval, never
 * losing the last one. Owns one timer; the publisher closes it.
 */
export class LiveThrottle {
  readonly #intervalMs: number;
  readonly #publisher: Pick<CandlePublisher, "publishLive">;
  /**
   * Products sent within the last interval, in the order in which their intervals end; `touched` if changed again
   * since.
   */
  readonly #windows = new Map<ProductAggregator, { readonly endsAt: number; touched: boolean }>();
  readonly #clock: Clock;
  #cancelTimer: (() => void) | null = null;

  /** `intervalMs` 0 publishes every touch. */
  constructor(
    intervalMs: number,
    publisher: Pick<CandlePublisher, "publishLive">,
    clock: Clock = systemClock,
  ) {
    this.#intervalMs = intervalMs;
    this.#publisher = publisher;
    this.#clock = clock;
  }

  /** Something about the product has changed. */
  touch(product: ProductAggregator): void {
    if (this.#intervalMs === 0) return this.#publisher.publishLive(product);
    const window = this.#windows.get(product);
    if (window !== undefined) window.touched = true;
    else {
      this.#open(product);
      this.#schedule();
    }
  }

  /** Publishes all that waits, now. */
  flush(): void {
    const touched = [...this.#windows].filter(([, window]) => window.touched);
    this.#windows.clear();
    for (const [product] of touched) this.#publisher.publishLive(product);
  }

  /** Drops what waits and stops the timer; `flush` first to lose nothing. */
  close(): void {
    this.#windows.clear();
    this.#cancelTimer?.();
    this.#cancelTimer = null;
  }

  #open(product: ProductAggregator): void {
    // A map keeps the order of insertion, and all windows are equally long: the first ends first.
    this.#windows.delete(product);
    this.#windows.set(product, { endsAt: this.#clock.now() + this.#intervalMs, touched: false });
    this.#publisher.publishLive(product);
  }

  /** Sets the one timer for the window that ends first, which is never later than one set before. */
  #schedule(): void {
    const [next] = this.#windows.values();
    if (next === undefined || this.#cancelTimer !== null) return;
    const delayMs = Math.max(0, next.endsAt - this.#clock.now());
    this.#cancelTimer = this.#clock.after(delayMs, () => this.#tick());
  }

  #tick(): void {
    this.#cancelTimer = null;
    const now = this.#clock.now();
    for (const [product, window] of this.#windows) {
      if (window.endsAt > now) break;
      if (window.touched) this.#open(product);
      else this.#windows.delete(product);
    }
    this.#schedule();
  }
}
