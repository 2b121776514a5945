import type { CandleKey } from "../candles/candle.ts";
import type { CurrentBucket } from "./current_bucket.ts";
import type { LivePublisher } from "./live_publisher.ts";
import { type Permit, PermittedBatch } from "./permitted_batch.ts";

/**
 * Publishes live and current candles under one permit (a shard's lease). Owned by the bus; nothing waits here longer
 * than the current task.
 */
export class ShardPublisher {
  readonly #live: PermittedBatch;
  readonly #put: PermittedBatch;

  constructor(live: LivePublisher, private readonly current: CurrentBucket, permit: Permit) {
    this.#live = new PermittedBatch(live, permit);
    this.#put = new PermittedBatch(current, permit);
  }

  /** Publishes a live candle on the core subject, if that is possible and permitted. Never throws, never waits. */
  publishLive(key: CandleKey, bytes: Uint8Array): void {
    this.#live.add(key, bytes);
  }

  /**
   * Keeps a key's current candle, if that is possible and permitted; what is impossible is counted as dropped. Never
   * throws, never waits.
   */
  putCurrent(key: CandleKey, bytes: Uint8Array): void {
    this.#put.add(key, bytes);
  }

  /** Resolves when every current candle put so far is kept or dropped. */
  currentSettled(): Promise<void> {
    this.#put.flush();
    return this.current.settled();
  }
}
