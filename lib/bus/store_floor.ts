import type { JetStreamManager } from "@nats-io/jetstream";
import { hasCode, storeConsumerConfig } from "./layout.ts";
import { CLOSED_STREAM, STORE_CONSUMER } from "./names.ts";

/** From which sequence on the database has yet to get candles. */
export interface StoreFloor {
  /** Which stream: when it was created. */
  readonly stream: string;
  /** The first and the last sequence that are kept; `last` is `first - 1` if none is. */
  readonly first: number;
  readonly last: number;
  /** Every candle up to this sequence was acknowledged. */
  readonly ackFloor: number;
}

const CONSUMER_NOT_FOUND = 10014;
const CONSUMER_EXISTS = 10148;
const CONSUMER_NAME_IN_USE = 10013;
const RESET_TRIES = 5;

/** Throws if JetStream does not answer, or has no stream or consumer now. */
export async function readStoreFloor(manager: JetStreamManager): Promise<StoreFloor> {
  // The consumer first: what it has acknowledged is then in the stream that is read after it.
  const consumer = await manager.consumers.info(CLOSED_STREAM, STORE_CONSUMER);
  const { created, state } = await manager.streams.info(CLOSED_STREAM);
  const begins = (consumer.config.opt_start_seq ?? 1) - 1;
  return {
    stream: String(created),
    first: state.first_seq,
    last: state.last_seq,
    ackFloor: Math.max(consumer.ack_floor.stream_seq, begins),
  };
}

/** Creates the store's consumer again, so that it begins after a sequence. Its readers find the new one. */
export async function resetStoreFloor(
  manager: JetStreamManager,
  maxAckPending: number,
  after: number,
): Promise<void> {
  for (let tries = 1;; tries++) {
    try {
      await manager.consumers.delete(CLOSED_STREAM, STORE_CONSUMER);
    } catch (error) {
      if (!hasCode(error, CONSUMER_NOT_FOUND)) throw error;
    }
    try {
      await manager.consumers.add(CLOSED_STREAM, storeConsumerConfig(maxAckPending, after));
      return;
    } catch (error) {
      // Another process has just created it, from the beginning of the stream.
      const isThere = hasCode(error, CONSUMER_EXISTS) || hasCode(error, CONSUMER_NAME_IN_USE);
      if (!isThere || tries === RESET_TRIES) throw error;
    }
  }
}
