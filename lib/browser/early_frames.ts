import type { StreamListener } from "./candle_stream.ts";

/** More than a stream brings in the minutes that the slowest phone takes to load a chart. */
const MOST_KEPT = 1000;

/**
 * Listens in place of a listener that is still to be loaded, drawn or mounted: keeps what the stream brings, hands it over
 * in order, and from then on passes everything through. So there is no moment at which nobody listens. More than it can
 * keep is for the listener like a stream that could not resume.
 */
export class EarlyFrames implements StreamListener {
  #texts: string[] = [];
  #isWhole = true;
  #listener: StreamListener | null = null;

  candle(text: string): void {
    if (this.#listener !== null) this.#listener.candle(text);
    else if (this.#texts.length < MOST_KEPT) this.#texts.push(text);
    else this.reset();
  }

  reset(): void {
    if (this.#listener !== null) return this.#listener.reset?.();
    this.#texts = [];
    this.#isWhole = false;
  }

  /** Gives a listener all that came so far and all that comes from now on. Returns how to stop that. */
  handTo(listener: StreamListener): () => void {
    if (!this.#isWhole) listener.reset?.();
    for (const text of this.#texts) listener.candle(text);
    this.#texts = [];
    this.#isWhole = true;
    this.#listener = listener;
    return () => {
      this.#listener = DEAF;
    };
  }
}

const DEAF: StreamListener = { candle() {} };
