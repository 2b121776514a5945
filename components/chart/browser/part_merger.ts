import { type Candle, compareStates } from "../../../lib/candles/candle.ts";
import { type Multiple, multipleStart } from "../../../lib/candles/multiple.ts";
import { RangeBuilder } from "../../../lib/candles/range_builder.ts";
import { stretchOf } from "../../../lib/candles/stretch.ts";
import type { WireCandle } from "../../../lib/candles/wire.ts";

/** Merges a multiple's candles out of its parts as they come, for those that the server only makes on request. */
export class PartMerger {
  /** Ascending by start; those of the newest bucket and the one before it. */
  #parts: Candle[] = [];

  /** `from` is the start of a bucket from which on all parts are known: the first of them are `parts`. */
  constructor(
    private readonly multiple: Multiple,
    private readonly from: number,
    parts: readonly Candle[],
  ) {
    for (const part of parts) this.#put(part);
  }

  /**
   * The candles that a part changes: that of its bucket, and the one before it, which is over with the first part of a
   * new one. Null if its bucket's other parts are not known here, so that history has to be read.
   */
  take(part: Candle): WireCandle[] | null {
    const { multiple } = this;
    const start = multipleStart(part.start, multiple);
    if (start < this.#first()) return null;
    if (!this.#put(part)) return [];
    const before = this.#parts.findLast((other) => other.start < start);
    const changed = before === undefined ? [] : this.#merged(multipleStart(before.start, multiple));
    this.#trim();
    return [...changed, ...this.#merged(start)];
  }

  #first(): number {
    const oldest = this.#parts[0];
    return oldest === undefined ? this.from : multipleStart(oldest.start, this.multiple);
  }

  /** Whether it is news. */
  #put(part: Candle): boolean {
    const at = this.#parts.findLastIndex(({ start }) => start <= part.start);
    const held = this.#parts[at];
    if (held?.start !== part.start) this.#parts.splice(at + 1, 0, part);
    else if (compareStates(part, held) < 0) return false;
    else this.#parts[at] = part;
    return true;
  }

  #merged(start: number): WireCandle[] {
    const { multiple } = this;
    const end = start + multiple.seconds;
    const own = this.#parts.filter((part) => part.start >= start && part.start < end);
    const before = this.#parts.findLast((part) => part.start < start);
    const after = this.#parts.find((part) => part.start >= end) ?? null;
    const builder = new RangeBuilder({
      multiple,
      from: null,
      before: before === undefined ? null : { last: before, values: before },
      fill: false,
    });
    const candles = own.flatMap((part) => [...builder.push(stretchOf(part))]);
    return [...candles, ...builder.finish(multipleStart(end, multiple), after)];
  }

  #trim(): void {
    const newest = this.#parts.at(-1);
    if (newest === undefined) return;
    const from = multipleStart(newest.start, this.multiple) - this.multiple.seconds;
    this.#parts = this.#parts.filter(({ start }) => start >= from);
  }
}
