import type { Candle, CandleKey } from "../candles/candle.ts";
import { candleKey, supersedes } from "../candles/candle.ts";
import { encodeCandle } from "../candles/wire.ts";
import { Pacer } from "./pacer.ts";

/** The bus' part in keeping current candles: one value per key. */
export interface CurrentCandlesBus {
  /** False if it could not be kept now; never rejects. */
  putCurrent(key: CandleKey, bytes: Uint8Array): Promise<boolean>;
}

/** A put per key and second at most: a candle's last state goes out with its close anyway. */
const PUT_INTERVAL_MS = 1000;
const UTF8 = new TextEncoder();

/**
 * Writes the newest candle of each key to the bus' key-value bucket: what a stream shows first, and what
 * a restart goes on from. Whoever makes it flushes and closes it.
 */
export class CurrentCandles {
  readonly #bus: CurrentCandlesBus;
  readonly #held = new Map<CandleKey, Candle>();
  readonly #pacer: Pacer<CandleKey>;
  readonly #underWay = new Set<Promise<void>>();
  #failed = 0;

  constructor(bus: CurrentCandlesBus) {
    this.#bus = bus;
    this.#pacer = new Pacer(PUT_INTERVAL_MS, (key) => this.#put(key));
  }

  /** Puts that failed (the bus was away); the next change of the key makes up for each. */
  get failed(): number {
    return this.#failed;
  }

  /** Starts from what the bucket holds already. */
  restore(candles: readonly Candle[]): void {
    for (const candle of candles) {
      const key = candleKey(candle.productId, candle.granularity);
      this.#held.set(key, candle);
    }
  }

  /** Takes a newer state of its key; an older one changes nothing. */
  offer(candle: Candle): void {
    const key = candleKey(candle.productId, candle.granularity);
    const held = this.#held.get(key);
    if (held !== undefined && !supersedes(candle, held)) return;
    this.#held.set(key, candle);
    this.#pacer.touch(key);
  }

  /** Writes what waits and returns when the bus has it (or has refused it). */
  async flush(): Promise<void> {
    this.#pacer.flush();
    await Promise.all(this.#underWay);
  }

  close(): void {
    this.#pacer.close();
  }

  #put(key: CandleKey): void {
    const held = this.#held.get(key);
    if (held === undefined) return;
    // Encoded only now: bytes kept for every key between all the short-lived ones would scatter memory.
    const put = this.#bus.putCurrent(key, UTF8.encode(encodeCandle(held))).then((kept) => {
      if (!kept) this.#failed++;
      this.#underWay.delete(put);
    });
    this.#underWay.add(put);
  }
}
