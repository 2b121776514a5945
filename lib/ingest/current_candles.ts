import type { Candle, CandleKey } from "../candles/candle.ts";
import { candleKey, supersedes } from "../candles/candle.ts";
import { CandleWriter } from "../candles/candle_writer.ts";
import type { Granularity } from "../candles/granularity.ts";
import type { ProductId } from "../candles/product.ts";
import type { Clock } from "../time/clock.ts";
import { StaggeredPuts } from "./staggered_puts.ts";

/** The bus' part in keeping current candles: one value per key. */
export interface CurrentCandlesBus {
  /** Never throws. After a failed put, the key's next change is put instead. */
  putCurrent(key: CandleKey, bytes: Uint8Array): void;
  /** Resolves when every put so far is kept, or has failed. */
  currentSettled(): Promise<void>;
}

/** The current state of a key's live candle; null where there is none. */
export type LiveCandles = (productId: ProductId, granularity: Granularity) => Candle | null;

/**
 * Least time between two puts of a key. It may be long, since a candle's last state is put when it
 * closes.
 */
const PUT_INTERVAL_MS = 2000;
/** Puts in each fiftieth of a second: a NATS server with a slow disk takes 8,000 a second. */
const MOST_PER_SLICE = 160;

/** What is known of a key. */
interface CurrentKey {
  readonly productId: ProductId;
  readonly granularity: Granularity;
  /** The newest candle that was offered. */
  held: Candle | null;
  /** Whether `held` is to be put. */
  isHeldDue: boolean;
  /** Whether the live candle is to be put, in its state at that time. */
  isLiveDue: boolean;
}

/**
 * Writes the newest candle of each key to the bus' key-value bucket, which streams show first and restarts resume from.
 * A live candle is looked up only when it is its turn to be written: keeping thousands of them for a second each would
 * be most of the garbage collector's work. Its owner flushes and closes it.
 */
export class CurrentCandles {
  readonly #bus: CurrentCandlesBus;
  readonly #live: LiveCandles;
  readonly #writer = new CandleWriter();
  readonly #keys = new Map<CandleKey, CurrentKey>();
  readonly #puts: StaggeredPuts<CandleKey>;

  constructor(bus: CurrentCandlesBus, live: LiveCandles, clock?: Clock) {
    this.#bus = bus;
    this.#live = live;
    this.#puts = new StaggeredPuts(PUT_INTERVAL_MS, MOST_PER_SLICE, (key) => this.#put(key), clock);
  }

  /** Starts from what the bucket holds already. */
  restore(candles: readonly Candle[]): void {
    for (const candle of candles) this.#known(candle).held = candle;
  }

  /** Takes a newer closed candle of a key; an older one changes nothing. */
  offer(candle: Candle): void {
    const known = this.#known(candle);
    if (known.held !== null && !supersedes(candle, known.held)) return;
    known.held = candle;
    known.isHeldDue = true;
    this.#puts.touch(candleKey(candle.productId, candle.granularity));
  }

  /** The live candle of a key has changed. */
  touch(candle: Pick<Candle, "productId" | "granularity">, key: CandleKey): void {
    this.#known(candle, key).isLiveDue = true;
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

  #known(
    { productId, granularity }: Pick<Candle, "productId" | "granularity">,
    key: CandleKey = candleKey(productId, granularity),
  ): CurrentKey {
    let known = this.#keys.get(key);
    if (known === undefined) {
      known = { productId, granularity, held: null, isHeldDue: false, isLiveDue: false };
      this.#keys.set(key, known);
    }
    return known;
  }

  #put(key: CandleKey): void {
    const known = this.#keys.get(key);
    if (known === undefined) return;
    const { held, isHeldDue, isLiveDue } = known;
    known.isHeldDue = known.isLiveDue = false;
    const live = isLiveDue ? this.#live(known.productId, known.granularity) : null;
    // A candle that closed before its turn is offered as a closed one, once it is safely in the
    // stream.
    if (live !== null && (held === null || supersedes(live, held))) {
      this.#bus.putCurrent(key, this.#writer.write(live));
    } else if (held !== null && isHeldDue) this.#bus.putCurrent(key, this.#writer.write(held));
  }
}
