import type { CandleKey } from "../candles/candle.ts";
import { readCandleHeader } from "./candle_header.ts";
import type { ClosedSource } from "./candle_source.ts";
import { candleFrame, idLine } from "./sse.ts";

/** A closed candle, encoded once for all clients that resume over it. */
export interface BlockFrame {
  readonly key: CandleKey;
  readonly sequence: number;
  readonly frame: Uint8Array<ArrayBuffer>;
}

/** Sequences of a block: as many as the bus delivers in one go, some 220 KB of frames. */
const BLOCK = 512;
/** Blocks in memory: clients that resume together, as after a restart, share each of them. */
const HELD = 32;

/** Closed candles in blocks of sequences, which never change. The least recently read block is forgotten first. */
export class ClosedBlocks {
  readonly #held = new Map<number, Promise<readonly BlockFrame[]>>();

  constructor(
    private readonly source: Pick<ClosedSource, "history">,
    private readonly signal: AbortSignal,
  ) {}

  /** The last sequence of the block that a sequence is in. */
  endOf(sequence: number): number {
    return sequence - sequence % BLOCK + BLOCK - 1;
  }

  /** The block of a sequence, if it is in memory or being fetched. */
  held(sequence: number): Promise<readonly BlockFrame[]> | null {
    return this.#held.get(this.endOf(sequence)) ?? null;
  }

  /** Reads the block of a sequence, which the bus must have to its end. A failure is not cached. */
  read(sequence: number): Promise<readonly BlockFrame[]> {
    const end = this.endOf(sequence);
    const held = this.#held.get(end);
    if (held !== undefined) return held;
    const reading = this.#read(end);
    this.#held.set(end, reading);
    reading.catch(() => this.#held.delete(end));
    for (const oldest of this.#held.keys()) {
      if (this.#held.size <= HELD) break;
      this.#held.delete(oldest);
    }
    return reading;
  }

  async #read(end: number): Promise<readonly BlockFrame[]> {
    const frames: BlockFrame[] = [];
    for await (
      const { key, sequence, bytes } of this.source.history(end - BLOCK, null, this.signal)
    ) {
      if (sequence > end) break;
      if (readCandleHeader(bytes) !== null) {
        frames.push({ key, sequence, frame: candleFrame(idLine(sequence), bytes) });
      }
      if (sequence === end) break;
    }
    // After an abort the read may have ended before the block's end.
    this.signal.throwIfAborted();
    return frames;
  }
}
