import type { StreamAdmission } from "./admission.ts";
import type { CandleSource } from "./candle_source.ts";
import type { ClientTimes } from "./clients.ts";
import type { PageBudget } from "./replay.ts";
import type { StreamCounts, StreamRefusal } from "./stream_counts.ts";
import type { Subscription } from "./subscription.ts";

/** What the hub needs of its surroundings. */
export interface HubOptions extends ClientTimes {
  readonly source: CandleSource;
  /** Streams that may be open at a time. */
  readonly maxStreams: number;
  readonly maxStreamsPerAddress: number;
  /** In place of these two limits, for streams that are counted elsewhere. */
  readonly admission?: StreamAdmission;
  /** Closed candles kept in memory for resumes, 4,096 if not given; at times up to twice as many. */
  readonly ringSize?: number;
  /** Bounds the pages of resumes that are held for their clients; if not given, only the streams do. */
  readonly resumes?: PageBudget;
  /** Waited for before a stream begins and before more of a resume is made; if not given, each continues at once. */
  turn?(): Promise<void> | void;
  /** Is called with what went wrong with the bus and is being tried again. */
  onProblem?(what: string, cause: unknown): void;
}

/** One request for a stream. */
export interface StreamRequest {
  readonly subscription: Subscription;
  /** As the client sent it; null for none. */
  readonly lastEventId: string | null;
  /** Whether it is sent current candles that have closed also after a resume. */
  readonly snapshot?: boolean;
  /** Whether it is sent gzip. */
  readonly gzip?: boolean;
  /** Whom it counts for in `maxStreamsPerAddress`. */
  readonly address: string;
}

/** An open stream's body, or why there is none and when to ask again. */
export type StreamAnswer =
  | { readonly kind: "stream"; readonly body: ReadableStream<Uint8Array<ArrayBuffer>> }
  | {
    readonly kind: "refused";
    readonly reason: StreamRefusal;
    readonly retryAfterSeconds: number;
  };

/** What `/metrics` and `/status` show of the hub; the counts since it was made, the rest as of now. */
export interface HubStats extends Readonly<StreamCounts> {
  readonly clients: number;
  readonly lagging: number;
  /** Clients that are not yet where the hub is. */
  readonly resuming: number;
  /** Clients whose streams are compressed. */
  readonly compressed: number;
  readonly groups: number;
  /** Jumps in the sequence, closed candles fetched because of them, and messages that came twice. */
  readonly gaps: number;
  readonly fetched: number;
  readonly duplicates: number;
}
