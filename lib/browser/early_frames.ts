import type { StreamListener } from "./candle_stream.ts";

/** More than a stream brings in the minutes that the slowest phone takes to load a chart. */
const MOST_KEPT = 1000;

/**
 * Stands in for a listener that is not loaded, drawn or mounted yet: keeps what the stream brings,
 * passes it on in order, and from then on passes everything through, so that no frame is missed. If
 * there is more than it can keep, the listener gets a reset, as from a stream that could not
 * resume.
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

  /** Gives a listener all that came so far and all that comes from now on. Returns a function that stops this. */
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
