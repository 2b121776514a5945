import type { JetStreamClient, JetStreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/transport-node";
import type { Candle, CandleKey } from "../candles/candle.ts";
import { decodeCandle } from "../candles/wire.ts";
import { Acknowledgements } from "./acknowledgements.ts";
import type { BusCondition } from "./bus_state.ts";
import { CURRENT_STREAM, PREFIXES, subjectOf } from "./names.ts";
import type { CandleSender } from "./permitted_batch.ts";
import { readStream } from "./stream_reader.ts";

/** Most unacknowledged puts: more than a server with a slow disk takes in a second, and a few megabytes. */
const MAX_PUTS = 8_192;
const PUT_TIMEOUT_MS = 5_000;

/** The newest candle of each key, in the KV bucket. Owned by the bus. */
export class CurrentBucket implements CandleSender {
  readonly #acknowledgements: Acknowledgements;
  #dropped = 0;

  constructor(
    connection: NatsConnection,
    private readonly client: JetStreamClient,
    private readonly manager: JetStreamManager,
    private readonly condition: BusCondition,
  ) {
    this.#acknowledgements = new Acknowledgements(
      connection,
      condition,
      PUT_TIMEOUT_MS,
      (trouble) => this.#onSettled(trouble),
    );
  }

  /** Puts that did not succeed. The next one of the same key makes up for it. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Does what the KV client's put does, without parsing the key each time. Never throws, never waits. */
  send(key: CandleKey, bytes: Uint8Array): void {
    if (!this.condition.connected || this.#acknowledgements.waiting >= MAX_PUTS) this.#dropped++;
    else this.#acknowledgements.publish(subjectOf("current", key), bytes);
  }

  /** Resolves when every put so far was kept or has failed. */
  settled(): Promise<void> {
    return this.#acknowledgements.idle();
  }

  #onSettled(trouble: string | null): void {
    if (trouble !== null) this.#dropped++;
    if (trouble === null || this.condition.connected) {
      this.condition.trouble("current candles", trouble);
    }
  }

  async all(signal?: AbortSignal): Promise<Candle[]> {
    const candles: Candle[] = [];
    const messages = readStream(this.client, this.manager, {
      stream: CURRENT_STREAM,
      from: "newest of each subject",
      subjects: [`${PREFIXES.current}>`],
      signal,
    });
    for await (const { bytes } of messages) {
      const candle = decode(bytes);
      if (candle !== null) candles.push(candle);
    }
    return candles;
  }
}

/** Null for what is not a candle: a deleted key's marker, or another program's value. */
function decode(bytes: Uint8Array): Candle | null {
  return decodeCandle(new TextDecoder().decode(bytes));
}
