import type { Clock } from "../time/clock.ts";
import type { FeedQueue } from "./feed_queue.ts";
import type { Log, QuietLog } from "./quiet_log.ts";
import type { RateGate } from "./rate_gate.ts";
import type { ReadinessTimings } from "./readiness.ts";

/** A feed's timeouts and delays, in milliseconds. */
export interface FeedTimings extends ReadinessTimings {
  /** Timeout of connecting. */
  readonly connectMs: number;
  /** A connection without a message for this long is dead. */
  readonly silenceMs: number;
  /** The first wait before reconnecting is between this and twice this. */
  readonly backoffMinMs: number;
  /** The longest delay. */
  readonly backoffMaxMs: number;
}

/** Chosen for the exchange's documented limits and for one heartbeat a second. */
export const DEFAULT_TIMINGS: FeedTimings = {
  connectMs: 10_000,
  silenceMs: 10_000,
  subscriptionMs: 10_000,
  snapshotMs: 3_000,
  refusedMs: 60_000,
  backoffMinMs: 2_000,
  backoffMaxMs: 60_000,
};

/** What the connections of one feed share. */
export interface FeedContext {
  readonly url: string;
  readonly clock: Clock;
  readonly timings: FeedTimings;
  /** Limits the rate of new connections. */
  readonly connects: RateGate;
  /** Limits the rate of messages to the exchange. */
  readonly messages: RateGate;
  /** A fresh signature for each message; null for unsigned ones. */
  readonly sign: (() => Promise<string>) | null;
  /** From 0 to 1, for jitter. */
  readonly random: () => number;
  readonly log: Log;
  readonly quietLog: QuietLog;
  /** Receives every event. */
  readonly queue: FeedQueue;
  /** Counts a message or trades that were not understood. */
  dropped(reason: string, count: number): void;
}
