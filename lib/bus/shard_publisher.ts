import type { CandleKey } from "../candles/candle.ts";
import type { CurrentBucket } from "./current_bucket.ts";
import type { LivePublisher } from "./live_publisher.ts";
import type { Permit } from "./permitted_batch.ts";

/** Live and current candles on their way out, under one permit (a shard's lease). Needs no closing. */
export class ShardPublisher {
  constructor(
    private readonly live: LivePublisher,
    private readonly current: CurrentBucket,
    private readonly permit: Permit,
  ) {}

  /** Publishes a live candle on the core subject, if that is possible and permitted. Never throws, never waits. */
  publishLive(key: CandleKey, bytes: Uint8Array): void {
    this.live.publish(key, bytes, this.permit);
  }

  /**
   * Keeps a key's current candle, if that is possible and permitted; what is impossible is counted as dropped. Never
   * throws, never waits.
   */
  putCurrent(key: CandleKey, bytes: Uint8Array): void {
    this.current.put(key, bytes, this.permit);
  }

  /** Resolves when every current candle put so far is kept or dropped. */
  currentSettled(): Promise<void> {
    return this.current.settled();
  }
}
