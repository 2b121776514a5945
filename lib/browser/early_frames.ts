import type { StreamListener } from "./candle_stream.ts";

/** More than a stream brings in the minutes that the slowest phone takes to load a chart. */
const MOST_KEPT = 1000;

/**
 * Keeps what a stream brings before its listeners have been loaded, so that they miss nothing. More than it
 * can keep is for them like a stream that could not resume.
 */
export class EarlyFrames implements StreamListener {
  #texts: string[] = [];
  #isWhole = true;

  candle(text: string): void {
    if (this.#texts.length < MOST_KEPT) this.#texts.push(text);
    else this.reset();
  }

  reset(): void {
    this.#texts = [];
    this.#isWhole = false;
  }

  /** Tells a listener all that came so far. */
  giveTo(listener: StreamListener): void {
    if (!this.#isWhole) listener.reset?.();
    for (const text of this.#texts) listener.candle(text);
  }
}
