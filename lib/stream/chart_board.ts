import type { Candle } from "../candles/candle.ts";
import { compareStates, sameValues, supersedes } from "../candles/candle.ts";
import { decodeCandle } from "../candles/wire.ts";

/** Candles a chart shows. */
const SHOWN = 120;

/** One chart for all its viewers: its candles, drawn once per change however many viewers there are. */
export class ChartBoard {
  readonly #draw: (candles: readonly Candle[]) => Uint8Array<ArrayBuffer>;
  #candles: Candle[] = [];
  readonly #loading = Promise.withResolvers<void>();
  #version = 1;
  #drawn: { readonly version: number; readonly bytes: Uint8Array<ArrayBuffer> } | null = null;

  /** `draw` makes the event that is sent to viewers. */
  constructor(draw: (candles: readonly Candle[]) => Uint8Array<ArrayBuffer>) {
    this.#draw = draw;
  }

  /** Goes up with every change. */
  get version(): number {
    return this.#version;
  }

  /** Resolves when the past was loaded, or could not be read. */
  get ready(): Promise<void> {
    return this.#loading.promise;
  }

  /** Takes the candles of the past, ascending by start; newer ones known already stay. */
  load(candles: readonly Candle[]): void {
    const known = this.#candles;
    this.#candles = [...candles];
    for (const candle of known) this.#place(candle);
    this.#version++;
    this.#loading.resolve();
  }

  /** Takes a candle's wire text. Every viewer's stream brings the same ones, so most change nothing. */
  take(text: string): void {
    const candle = decodeCandle(text);
    if (candle === null || !this.#place(candle)) return;
    this.#candles = this.#candles.slice(-SHOWN);
    this.#version++;
  }

  /** The event with the current chart. */
  event(): Uint8Array<ArrayBuffer> {
    if (this.#drawn?.version !== this.#version) {
      this.#drawn = { version: this.#version, bytes: this.#draw(this.#candles.slice(-SHOWN)) };
    }
    return this.#drawn.bytes;
  }

  #place(candle: Candle): boolean {
    const at = this.#candles.findLastIndex(({ start }) => start <= candle.start);
    const held = this.#candles[at];
    if (held?.start !== candle.start) {
      // A revision of a candle older than those shown is ignored.
      if (at < 0 && this.#candles.length >= SHOWN) return false;
      this.#candles.splice(at + 1, 0, candle);
      return true;
    }
    if (!supersedes(candle, held)) return false;
    if (compareStates(candle, held) === 0 && sameValues(candle, held)) return false;
    this.#candles[at] = candle;
    return true;
  }
}
