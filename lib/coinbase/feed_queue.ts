import type { ProductId } from "../candles/product.ts";
import type { FeedEvent, LossReason } from "../exchange/feed_event.ts";
import { Fifo } from "../time/fifo.ts";
import type { QuietLog } from "./quiet_log.ts";

/** Room for events about connections only: they are few, and none may be lost. */
const CONNECTION_RESERVE = 10_000;

/**
 * Hands a feed's events from its connections, which cannot wait, to one reader that may be slow. It holds as many trades
 * (and other events) as its capacity. What does not fit is left out, and the reader gets one `loss` of the
 * connection instead. Owned by the feed, which ends it.
 */
export class FeedQueue implements AsyncIterableIterator<FeedEvent> {
  /** Losses that were reported, by reason. */
  readonly losses: Record<LossReason, number> = {
    disconnected: 0,
    sequence: 0,
    heartbeat: 0,
    overflow: 0,
  };
  /** Trades that were left out. */
  overflowed = 0;
  readonly #events = new Fifo<FeedEvent>();
  #waiting = 0;
  #hasEnded = false;
  #wake: ((result: IteratorResult<FeedEvent>) => void) | null = null;
  /** Connections whose overflow was reported and of which no trades were queued since: one report is enough. */
  readonly #overflowing = new Set<number>();

  /** `capacity`: how many trades and other events may wait. */
  constructor(readonly capacity: number, private readonly quietLog: QuietLog) {}

  /** How many trades and other events wait. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Queues an event. Never throws, never waits; `products` are all of its connection's. */
  emit(event: FeedEvent, products: Iterable<ProductId>): void {
    if (event.kind === "loss") this.losses[event.reason]++;
    const { connection } = event;
    if (this.#fits(event)) {
      if (event.kind === "trades") this.#overflowing.delete(connection);
      return this.#put(event);
    }
    // The next heartbeat supersedes it.
    if (event.kind === "heartbeat" || event.kind === "connection") return;
    if (event.kind === "trades") this.overflowed += event.trades.length;
    if (this.#overflowing.has(connection)) return;
    this.#overflowing.add(connection);
    this.losses.overflow++;
    this.quietLog.warn("overflow", "the feed's reader is too slow, trades are dropped");
    this.#put({ kind: "loss", connection, products: [...products], reason: "overflow" });
  }

  /** Called when no further events come; the reader still gets those that wait. */
  end(): void {
    this.#hasEnded = true;
    this.#wake?.({ value: undefined, done: true });
    this.#wake = null;
  }

  next(): Promise<IteratorResult<FeedEvent>> {
    const event = this.#events.take();
    if (event !== null) {
      this.#waiting -= weightOf(event);
      return Promise.resolve({ value: event, done: false });
    }
    if (this.#hasEnded) return Promise.resolve({ value: undefined, done: true });
    return new Promise((resolve) => this.#wake = resolve);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** An event with more trades than the whole capacity is accepted when nothing waits. */
  #fits(event: FeedEvent): boolean {
    if (this.#wake !== null || this.#waiting === 0) return true;
    const reserve = event.kind === "connection" ? CONNECTION_RESERVE : 0;
    return this.#waiting + weightOf(event) <= this.capacity + reserve;
  }

  #put(event: FeedEvent): void {
    if (this.#hasEnded) return;
    if (this.#wake !== null) {
      const wake = this.#wake;
      this.#wake = null;
      wake({ value: event, done: false });
      return;
    }
    this.#events.add(event);
    this.#waiting += weightOf(event);
  }
}

function weightOf(event: FeedEvent): number {
  return event.kind === "trades" ? event.trades.length : 1;
}
