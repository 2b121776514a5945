import type { JetStreamClient, JetStreamManager } from "@nats-io/jetstream";
import type { CandleKey } from "../candles/candle.ts";
import type { ClosedMessage } from "../candles/candle_message.ts";
import { CLOSED_STREAM, keyOfSubject, subjectOf } from "./names.ts";
import { type ReadFrom, readStream } from "./stream_reader.ts";

/** Which part of the history to read. */
export interface HistoryOptions {
  /** Only these keys. All if left out. */
  readonly keys?: readonly CandleKey[];
  readonly signal?: AbortSignal;
}

/** The closed candles of the last three days, from CLOSED_CANDLES. Owned by the bus. */
export class ClosedHistory {
  constructor(
    private readonly client: JetStreamClient,
    private readonly manager: JetStreamManager,
  ) {}

  /**
   * Every closed candle after `sequence`, ascending, up to the newest at the first call. Holds a few hundred; waits
   * while the connection is lost; ends without an error when aborted or left.
   */
  after(sequence: number, options: HistoryOptions = {}): AsyncGenerator<ClosedMessage> {
    return this.#read({ sequence: sequence + 1 }, options);
  }

  /** The same for everything published at or after an instant, epoch milliseconds. */
  since(timeMs: number, options: HistoryOptions = {}): AsyncGenerator<ClosedMessage> {
    return this.#read({ timeMs }, options);
  }

  /**
   * The first and the last sequence that is kept; `last` is `first - 1` if none is. Throws if JetStream does
   * not answer.
   */
  async bounds(): Promise<{ readonly first: number; readonly last: number }> {
    const { state } = await this.manager.streams.info(CLOSED_STREAM);
    return { first: state.first_seq, last: state.last_seq };
  }

  async *#read(
    from: ReadFrom,
    { keys, signal }: HistoryOptions,
  ): AsyncGenerator<ClosedMessage> {
    const subjects = keys?.map((key) => subjectOf("closed", key));
    if (subjects?.length === 0) return;
    const messages = readStream(this.client, this.manager, {
      stream: CLOSED_STREAM,
      from,
      subjects,
      signal,
    });
    for await (const { sequence, subject, bytes } of messages) {
      const key = keyOfSubject("closed", subject);
      if (key !== null) yield { sequence, key, bytes };
    }
  }
}
