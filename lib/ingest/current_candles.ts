import type { Candle, CandleKey } from "../candles/candle.ts";
import { candleKey, supersedes } from "../candles/candle.ts";
import { CandleWriter } from "../candles/candle_writer.ts";
import type { Clock } from "../time/clock.ts";
import { StaggeredPuts } from "./staggered_puts.ts";

/** The bus' part in keeping current candles: one value per key. */
export interface CurrentCandlesBus {
  /** Never throws. What could not be kept is made up for by the key's next change. */
  putCurrent(key: CandleKey, bytes: Uint8Array): void;
  /** Resolves when every put so far is kept, or has failed. */
  currentSettled(): Promise<void>;
}

/** Between two puts of a key: a candle's last state goes out with its close anyway. */
const PUT_INTERVAL_MS = 2000;
/** A fiftieth of a second's: 8,000 a second are what a NATS server with a slow disk takes. */
const MOST_AT_ONCE = 160;

/**
 * Writes the newest candle of each key to the bus' key-value bucket: what a stream shows first, and what
 * a restart resumes from. Whoever makes it flushes and closes it.
 */
export class CurrentCandles {
  readonly #bus: CurrentCandlesBus;
  readonly #writer = new CandleWriter();
  readonly #held = new Map<CandleKey, Candle>();
  readonly #puts: StaggeredPuts<CandleKey>;

  constructor(bus: CurrentCandlesBus, clock?: Clock) {
    this.#bus = bus;
    this.#puts = new StaggeredPuts(PUT_INTERVAL_MS, MOST_AT_ONCE, (key) => this.#put(key), clock);
  }

  /** Starts from what the bucket holds already. */
  restore(candles: readonly Candle[]): void {
    for (const candle of candles) {
      const key = candleKey(candle.productId, candle.granularity);
      this.#held.set(key, candle);
    }
  }

  /** Takes a newer state of a key; an older one changes nothing. */
  offer(candle: Candle, key: CandleKey): void {
    const held = this.#held.get(key);
    if (held !== undefined && !supersedes(candle, held)) return;
    this.#held.set(key, candle);
    this.#puts.touch(key);
  }

  /** Writes what waits and returns when the bus has it (or has refused it). */
  async flush(): Promise<void> {
    this.#puts.flush();
    await this.#bus.currentSettled();
  }

  close(): void {
    this.#puts.close();
  }

  #put(key: CandleKey): void {
    const held = this.#held.get(key);
    if (held === undefined) return;
    // Encoded only now: bytes kept for every key between all the short-lived ones would scatter memory.
    this.#bus.putCurrent(key, this.#writer.write(held));
  }
}
