import type { Clock } from "../time/clock.ts";
import type { FeedQueue } from "./feed_queue.ts";
import type { Log, QuietLog } from "./quiet_log.ts";
import type { RateGate } from "./rate_gate.ts";
import type { ReadinessTimings } from "./readiness.ts";

/** How patient a feed is, in milliseconds. */
export interface FeedTimings extends ReadinessTimings {
  /** Until a connect must have succeeded. */
  readonly connectMs: number;
  /** A connection that said nothing for this long is dead. */
  readonly silenceMs: number;
  /** The first wait before reconnecting is between this and twice this. */
  readonly backoffMinMs: number;
  /** No wait is longer. */
  readonly backoffMaxMs: number;
}

/** What the exchange's documented limits and heartbeats (one a second) ask for. */
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
  /** Every new connection passes here. */
  readonly connects: RateGate;
  /** Every message to the exchange passes here. */
  readonly messages: RateGate;
  /** A fresh signature for each message; null for unsigned ones. */
  readonly sign: (() => Promise<string>) | null;
  /** From 0 to 1, for jitter. */
  readonly random: () => number;
  readonly log: Log;
  readonly quietLog: QuietLog;
  /** Where every event goes. */
  readonly queue: FeedQueue;
  /** A message or trades that were not understood. */
  dropped(reason: string, count: number): void;
}
