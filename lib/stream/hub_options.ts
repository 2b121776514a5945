import type { StreamAdmission } from "./admission.ts";
import type { CandleSource } from "./candle_source.ts";
import type { ClientTimes } from "./clients.ts";
import type { PageBudget } from "./replay.ts";
import type { StreamCounts, StreamRefusal } from "./stream_counts.ts";
import type { Subscription } from "./subscription.ts";

export interface HubOptions extends ClientTimes {
  readonly source: CandleSource;
  /** Most streams that may be open at a time. */
  readonly maxStreams: number;
  readonly maxStreamsPerAddress: number;
  /** Replaces these two limits where streams are counted elsewhere. */
  readonly admission?: StreamAdmission;
  /** Closed candles kept in memory for resumes; 4,096 by default, at times up to twice as many. */
  readonly ringSize?: number;
  /** Bounds the pages of resumes that are held for their clients; if not given, only the streams do. */
  readonly resumes?: PageBudget;
  /**
   * Awaited before a stream begins and before more of a resume is made; without it each continues
   * immediately.
   */
  turn?(): Promise<void> | void;
  /** Called with a problem of the bus that is being retried. */
  onProblem?(what: string, cause: unknown): void;
}

/** One request for a stream. */
export interface StreamRequest {
  readonly subscription: Subscription;
  /** The client's id, unparsed; null for none. */
  readonly lastEventId: string | null;
  /** Whether it is sent current candles that have closed also after a resume. */
  readonly snapshot?: boolean;
  /** Whether it is sent gzip. */
  readonly gzip?: boolean;
  /** The address that it counts for in `maxStreamsPerAddress`. */
  readonly address: string;
}

/** An open stream's body, or the reason of a refusal and when to retry. */
export type StreamAnswer =
  | { readonly kind: "stream"; readonly body: ReadableStream<Uint8Array<ArrayBuffer>> }
  | {
    readonly kind: "refused";
    readonly reason: StreamRefusal;
    readonly retryAfterSeconds: number;
  };

/** The hub's figures for `/metrics` and `/status`; counts since the start, the rest as of now. */
export interface HubStats extends Readonly<StreamCounts> {
  readonly clients: number;
  readonly lagging: number;
  /** Clients that have not caught up with the hub yet. */
  readonly resuming: number;
  /** Clients whose streams are compressed. */
  readonly compressed: number;
  readonly groups: number;
  /** Jumps in the sequence, closed candles fetched because of them, and messages that came twice. */
  readonly gaps: number;
  readonly fetched: number;
  readonly duplicates: number;
}
