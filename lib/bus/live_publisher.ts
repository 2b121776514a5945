import type { NatsConnection } from "@nats-io/transport-node";
import type { CandleKey } from "../candles/candle.ts";
import type { BusCondition } from "./bus_state.ts";
import { subjectOf } from "./names.ts";
import type { CandleSender } from "./permitted_batch.ts";

// Request the server's confirmation after the one amount, and drop candles beyond the other of unconfirmed bytes: this
// bounds the memory that a server which stops reading can cost.
const CONFIRM_BYTES = 256 * 1024;
const MAX_UNCONFIRMED_BYTES = 8 * 1024 * 1024;
/** What the client buffers beside the payload, roughly: the command line and the subject. */
const OVERHEAD_BYTES = 64;

/**
 * Publishes live candles. Each one is superseded by the next, so they are dropped and counted while there is no
 * connection or the server does not keep up. Owned by the bus.
 */
export class LivePublisher implements CandleSender {
  #dropped = 0;
  #unconfirmedBytes = 0;
  #confirming = false;

  constructor(
    private readonly connection: NatsConnection,
    private readonly condition: BusCondition,
  ) {}

  /** Live candles that were never sent. */
  get dropped(): number {
    return this.#dropped;
  }

  send(key: CandleKey, bytes: Uint8Array): void {
    if (!this.condition.connected || this.#unconfirmedBytes > MAX_UNCONFIRMED_BYTES) {
      this.#dropped++;
      return;
    }
    try {
      this.connection.publish(subjectOf("live", key), bytes);
    } catch {
      // Closing or draining.
      this.#dropped++;
      return;
    }
    this.#unconfirmedBytes += bytes.length + OVERHEAD_BYTES;
    if (this.#unconfirmedBytes >= CONFIRM_BYTES && !this.#confirming) void this.#confirm();
  }

  async #confirm(): Promise<void> {
    this.#confirming = true;
    const confirmed = this.#unconfirmedBytes;
    try {
      await this.connection.flush();
      this.#unconfirmedBytes -= confirmed;
    } catch {
      // Disconnected: the client has discarded its buffer.
      this.#unconfirmedBytes = 0;
    }
    this.#confirming = false;
  }
}
