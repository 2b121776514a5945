import type { Candle, CandleKey } from "../lib/candles/candle.ts";
import { candleKey } from "../lib/candles/candle.ts";
import { encodeCandle } from "../lib/candles/wire.ts";

/** A candle as a bus message. */
export interface LogMessage {
  readonly key: CandleKey;
  readonly bytes: Uint8Array;
  readonly sequence: number | null;
}

/** A closed candle as a bus message. */
export interface ClosedLogMessage extends LogMessage {
  readonly sequence: number;
}

/** A bus in memory, for tests of the hub: closed candles by sequence, and each key's current candle. */
export class ClosedLog {
  readonly closed: ClosedLogMessage[] = [];
  /** How often the history was read, and how many reads of it are open. */
  historyCalls = 0;
  openReads = 0;
  mostOpenReads = 0;
  /** The number of requests that fail from now on. */
  failures = 0;
  readonly #current = new Map<CandleKey, LogMessage>();
  #first: number;

  constructor(first = 1) {
    this.#first = first;
  }

  get last(): number {
    return this.closed.at(-1)?.sequence ?? this.#first - 1;
  }

  /** Adds a closed candle with the next sequence; the caller delivers it, or loses it. */
  append(candle: Candle, padding = ""): ClosedLogMessage {
    const message = { ...messageOf(candle, padding), sequence: this.last + 1 };
    this.closed.push(message);
    this.#current.set(message.key, message);
    return message;
  }

  /** A live state as the current candle of its key. */
  live(candle: Candle, padding = ""): LogMessage {
    const message = { ...messageOf(candle, padding), sequence: null };
    this.#current.set(message.key, message);
    return message;
  }

  /** Forgets the oldest closed candles. */
  discardUpTo(sequence: number): void {
    while ((this.closed[0]?.sequence ?? Infinity) <= sequence) this.closed.shift();
    this.#first = sequence + 1;
  }

  bounds = async (): Promise<{ first: number; last: number }> => {
    await this.#answer();
    return { first: this.closed[0]?.sequence ?? this.#first, last: this.last };
  };

  current = async (): Promise<LogMessage[]> => {
    await this.#answer();
    return [...this.#current.values()];
  };

  history = async function* (
    this: ClosedLog,
    after: number,
    keys: readonly CandleKey[] | null,
  ): AsyncGenerator<ClosedLogMessage> {
    this.historyCalls++;
    this.mostOpenReads = Math.max(this.mostOpenReads, ++this.openReads);
    try {
      await this.#answer();
      const upTo = this.last;
      for (const message of [...this.closed]) {
        if (message.sequence <= after || message.sequence > upTo) continue;
        if (keys !== null && !keys.includes(message.key)) continue;
        await Promise.resolve();
        yield message;
      }
    } finally {
      this.openReads--;
    }
  }.bind(this);

  async #answer(): Promise<void> {
    await Promise.resolve();
    if (this.failures <= 0) return;
    this.failures--;
    throw new Error("the bus does not answer");
  }
}

/** A candle's wire bytes; padding makes a frame large enough to fill a client's queue. */
function messageOf(candle: Candle, padding: string): Pick<LogMessage, "key" | "bytes"> {
  const text = encodeCandle(candle);
  const padded = padding === "" ? text : `{"padding":"${padding}",${text.slice(1)}`;
  return {
    key: candleKey(candle.productId, candle.granularity),
    bytes: new TextEncoder().encode(padded),
  };
}
