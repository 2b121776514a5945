import type { CandleHeader } from "./candle_header.ts";

const SPARE_BYTES = 64;

/**
 * A key's newest live candle while no group wants it, in memory that the next one overwrites: most keys have no
 * listener, and their candles must not become garbage thousands of times a second. Owned by its key's route.
 */
export class UnsentCandle implements CandleHeader {
  start = 0;
  isComplete = false;
  exact = false;
  revision = 0;
  #bytes = new Uint8Array(0);
  #length = 0;

  /** The wire bytes, until the next one is taken. */
  get data(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  take({ start, isComplete, exact, revision }: CandleHeader, data: Uint8Array): void {
    if (data.length > this.#bytes.length) this.#bytes = new Uint8Array(data.length + SPARE_BYTES);
    this.#bytes.set(data);
    this.#length = data.length;
    this.start = start;
    this.isComplete = isComplete;
    this.exact = exact;
    this.revision = revision;
  }
}
