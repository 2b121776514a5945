import { CatchUp, type CatchUpParts } from "../../../lib/browser/catch_up.ts";
import type { StreamListener } from "../../../lib/browser/candle_stream.ts";
import type { Candle } from "../../../lib/candles/candle.ts";
import { type Multiple, multipleStart } from "../../../lib/candles/multiple.ts";
import { decodeCandle, encodeCandle } from "../../../lib/candles/wire.ts";
import { PartMerger } from "./part_merger.ts";

export interface PartListenerOptions {
  readonly multiple: Multiple;
  /** The start of the newest candle that the chart has, epoch seconds; null if it has none. */
  readonly newest: number | null;
  /** Gets the multiple's candles with the granularity of their parts, which decides how they look. */
  readonly listener: StreamListener;
  /** The parts from `from` (epoch seconds) on, ascending. Rejects when they cannot be read. */
  fetchParts(from: number, signal: AbortSignal): Promise<readonly Candle[]>;
  readonly pause?: NonNullable<CatchUpParts["pause"]>;
}

/** More parts than come while the others of their bucket are being read. */
const MOST_KEPT = 1000;

/**
 * Listens to the parts of a multiple, and gives a chart the candles merged from them. The other parts of the live
 * candle are read when the first part comes, and again after a gap of the stream; what comes during
 * that is kept. Its owner closes it.
 */
export class PartListener implements StreamListener {
  readonly #options: PartListenerOptions;
  readonly #catchUp: CatchUp;
  #newest: number | null;
  #merger: PartMerger | null = null;
  #kept: Candle[] = [];
  /** Whether the current read may lack parts. */
  #isStale = false;

  constructor(options: PartListenerOptions) {
    this.#options = options;
    this.#newest = options.newest;
    const { pause } = options;
    this.#catchUp = new CatchUp({
      read: (signal) => this.#read(signal),
      ...(pause === undefined ? {} : { pause }),
    });
  }

  candle(text: string): void {
    const part = decodeCandle(text);
    if (part === null) return;
    if (this.#merger !== null) return this.#merge(this.#merger, part);
    if (this.#kept.length >= MOST_KEPT) this.#kept.shift();
    this.#kept.push(part);
    this.#catchUp.request();
  }

  reset(): void {
    // The parts that the gap took are missing in what was merged so far.
    this.#merger = null;
    this.#isStale = true;
    this.#options.listener.reset?.();
  }

  close(): void {
    this.#catchUp.close();
  }

  async #read(signal: AbortSignal): Promise<void> {
    const [first] = this.#kept;
    if (this.#merger !== null || first === undefined) return;
    const { multiple, fetchParts } = this.#options;
    // Parts older than the newest candle are history, even if the first part to come is old. One bucket more, since it
    // may just be over.
    const since = Math.max(first.start, this.#newest ?? 0);
    const from = Math.max(0, multipleStart(since, multiple) - multiple.seconds);
    this.#isStale = false;
    const parts = await fetchParts(from, signal);
    if (signal.aborted) return;
    if (this.#isStale) return this.#catchUp.request();
    const merger = this.#merger = new PartMerger(multiple, from, parts);
    const kept = this.#kept;
    this.#kept = [];
    for (const part of kept) this.#merge(merger, part);
  }

  #merge(merger: PartMerger, part: Candle): void {
    const merged = merger.take(part);
    if (merged === null) return this.#options.listener.reset?.();
    for (const candle of merged) {
      this.#newest = Math.max(candle.start, this.#newest ?? 0);
      this.#options.listener.candle(
        encodeCandle({ ...candle, granularity: this.#options.multiple.of }),
      );
    }
  }
}
