import type { ResetReason } from "./sse.ts";

/** Why a client was cut off by the hub. */
export type DropReason = "lag" | "stuck" | "closing";

/** Why a stream was not opened. */
export type StreamRefusal = "streams" | "streams_per_address" | "keys" | "closing";

/** All counts of the hub since the start; plain numbers, read by `/metrics` and `/status`. */
export class StreamCounts {
  /** Events taken from the bus. */
  events = 0;
  /** Frames and bytes written, over all clients; comments and opening blocks not among the frames. */
  framesSent = 0;
  bytesSent = 0;
  /** Live values of lagging clients that were replaced by newer ones. */
  coalesced = 0;
  heartbeats = 0;
  /** Events not sent because a higher or later state was known already. */
  stale = 0;
  /** Messages that were not a candle, or not under a key. */
  malformed = 0;
  /** Streams opened, and ended by their reader. */
  opened = 0;
  left = 0;
  /** Resumes answered from memory, and out of the bus' history. */
  resumedFromMemory = 0;
  resumedFromHistory = 0;
  readonly dropped: Record<DropReason, number> = { lag: 0, stuck: 0, closing: 0 };
  readonly refused: Record<StreamRefusal, number> = {
    streams: 0,
    streams_per_address: 0,
    keys: 0,
    closing: 0,
  };
  readonly resets: Record<ResetReason, number> = {
    unparsable: 0,
    expired: 0,
    unknown: 0,
    lost: 0,
  };
}
