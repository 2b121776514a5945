import type { Candle } from "../candles/candle.ts";
import { CandleWriter } from "../candles/candle_writer.ts";
import type { ProductAggregator } from "../candles/product_aggregator.ts";
import type { Metrics } from "../metrics/metrics.ts";
import type { Clock } from "../time/clock.ts";
import { CurrentCandles, type LiveCandles } from "./current_candles.ts";
import { LiveThrottle } from "./live_throttle.ts";
import type { ClosedSink, LiveBus } from "./parts.ts";
import { TimeSlicedQueue } from "./time_sliced_queue.ts";

/** What a publisher works with; it opens and closes none of it. */
export interface CandlePublisherParts {
  readonly liveIntervalMs: number;
  readonly bus: LiveBus;
  readonly closed: ClosedSink;
  readonly metrics: Metrics;
  readonly clock: Clock;
  /** Looks up a key's live candle, to be put as its current one. */
  readonly live: LiveCandles;
  /** An exact candle was published in place of the exchange's own. */
  onReplaced(placeholder: Candle, candle: Candle): void;
}

/**
 * Publishes products' changed candles: closed ones in time slices, live ones at most once per interval, and each key's
 * newest as its current one. Its owner closes it, which publishes what waits.
 */
export class CandlePublisher {
  readonly #parts: CandlePublisherParts;
  readonly #writer = new CandleWriter();
  readonly #current: CurrentCandles;
  readonly #live: LiveThrottle;
  readonly #closing: TimeSlicedQueue<ProductAggregator>;

  constructor(parts: CandlePublisherParts) {
    const { bus, clock, liveIntervalMs } = parts;
    this.#parts = parts;
    this.#current = new CurrentCandles(bus, parts.live, clock);
    this.#live = new LiveThrottle(liveIntervalMs, this, clock);
    this.#closing = new TimeSlicedQueue((product) => this.#takeClosed(product), clock);
  }

  /** Starts from the current candles that the bus holds already. */
  restore(current: readonly Candle[]): void {
    this.#current.restore(current);
  }

  /** Publishes a product's changes soon. */
  publish(product: ProductAggregator): void {
    this.publishClosed(product);
    if (product.hasLive) this.#live.touch(product);
  }

  /** Publishes what has closed, or changed since, soon. */
  publishClosed(product: ProductAggregator): void {
    if (product.hasClosed) this.#closing.add(product);
  }

  /** Publishes the live candles that changed, now; `publish` leaves the time to the throttle. */
  publishLive(product: ProductAggregator): void {
    const { bus, metrics } = this.#parts;
    const candles = product.takeLive();
    for (const candle of candles) {
      const key = product.keyOf(candle.granularity);
      bus.publishLive(key, this.#writer.write(candle));
      this.#current.touch(candle, key);
    }
    metrics.liveUpdates.inc(candles.length);
  }

  /** Publishes closed candles, in their order. */
  enqueue(candles: readonly Candle[]): void {
    const { metrics, closed } = this.#parts;
    for (const candle of candles) {
      const { granularity, revision, exact } = candle;
      if (revision === 0) metrics.candlesClosed.inc({ granularity });
      else metrics.revisions.inc({ granularity });
      if (exact) metrics.candlesProven.inc({ granularity });
      // A copy: it may wait for long, and a view would keep a hundred other candles' bytes in
      // memory.
      closed.enqueue(candle, this.#writer.write(candle).slice());
    }
  }

  /** A closed candle is safely in the stream, so it may become its key's current one. */
  onStored(candle: Candle): void {
    this.#current.offer(candle);
  }

  async close(): Promise<void> {
    this.#closing.flush();
    this.#closing.close();
    this.#live.flush();
    this.#live.close();
    await this.#current.flush();
    this.#current.close();
  }

  #takeClosed(product: ProductAggregator): void {
    this.enqueue(product.takeClosed());
    for (const { placeholder, candle } of product.takeReplaced()) {
      this.#parts.onReplaced(placeholder, candle);
    }
  }
}
