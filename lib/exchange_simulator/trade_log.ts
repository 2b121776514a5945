const SHIFT = 9;
const CHUNK_TRADES = 1 << SHIFT;
const MASK = CHUNK_TRADES - 1;

interface Chunk {
  readonly times: Float64Array;
  readonly ticks: Uint32Array;
  readonly sizes: Float64Array;
}

/** Trades in the order they were added, 20 bytes each; old ones can be dropped in whole chunks. */
class TradeRun {
  length = 0;
  readonly #chunks: (Chunk | null)[] = [];
  #dropped = 0;

  push(micros: number, ticks: number, signedSize: number): void {
    const at = this.length & MASK;
    if (at === 0) {
      this.#chunks.push({
        times: new Float64Array(CHUNK_TRADES),
        ticks: new Uint32Array(CHUNK_TRADES),
        sizes: new Float64Array(CHUNK_TRADES),
      });
    }
    const chunk = this.chunk(this.length);
    chunk.times[at] = micros;
    chunk.ticks[at] = ticks;
    chunk.sizes[at] = signedSize;
    this.length++;
  }

  chunk(index: number): Chunk {
    const chunk = this.#chunks[index >>> SHIFT];
    if (!chunk) throw new RangeError(`trade ${index} is not kept`);
    return chunk;
  }

  /** Frees whole chunks before `index`; returns the first index still kept. */
  dropBefore(index: number): number {
    const whole = Math.min(index >>> SHIFT, this.#chunks.length);
    while (this.#dropped < whole) this.#chunks[this.#dropped++] = null;
    return this.#dropped << SHIFT;
  }
}

/**
 * The trades of one product since the simulator's start, by index from 0.
 * Prices are whole ticks, sizes whole units; the size's sign carries the maker's side.
 */
export class TradeLog {
  readonly #run = new TradeRun();

  /** The oldest index kept. */
  first = 0;

  /** One past the newest index. */
  get end(): number {
    return this.#run.length;
  }

  append(micros: number, ticks: number, signedSize: number): void {
    this.#run.push(micros, ticks, signedSize);
  }

  /** Epoch microseconds. */
  micros(index: number): number {
    return this.#run.chunk(index).times[index & MASK] ?? 0;
  }

  ticks(index: number): number {
    return this.#run.chunk(index).ticks[index & MASK] ?? 0;
  }

  /** Negative when the maker sold (the taker bought). */
  signedSize(index: number): number {
    return this.#run.chunk(index).sizes[index & MASK] ?? 0;
  }

  /** The first index whose time is at or after `micros`; `end` when there is none. */
  indexAt(micros: number): number {
    let low = this.first;
    let high = this.end;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (this.micros(middle) < micros) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Whether `dropBefore` would free anything. */
  canDropBefore(index: number): boolean {
    return index >= this.first + CHUNK_TRADES;
  }

  /** Frees trades before `index`, in chunks: some of them may stay a while. */
  dropBefore(index: number): void {
    if (this.canDropBefore(index)) this.first = this.#run.dropBefore(index);
  }
}
