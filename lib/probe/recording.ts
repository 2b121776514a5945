/** Which of the probe's connections: each is opened once, for one purpose. */
export const CONNECTIONS = ["main", "second", "twin", "stranger"] as const;
export type ConnectionName = typeof CONNECTIONS[number];

/** What a request was made for. */
export const PURPOSES = [
  "products",
  "products page",
  "newest",
  "poll",
  "older",
  "window",
  "newest of window",
  "minute",
  "candles",
  "candles ends",
  "unknown product",
  "burst",
  "after burst",
] as const;
export type Purpose = typeof PURPOSES[number];

/** One thing that happened, in the order it happened; times are epoch milliseconds of this machine. */
export type Entry =
  | { readonly kind: "opened"; readonly connection: ConnectionName; readonly atMs: number }
  | Text & { readonly kind: "sent" }
  /** A text frame; `length` is its whole length where the text was cut. */
  | Text & { readonly kind: "frame"; readonly length?: number }
  | {
    readonly kind: "binary";
    readonly connection: ConnectionName;
    readonly bytes: number;
    readonly atMs: number;
  }
  /** The exchange ended a connection. */
  | {
    readonly kind: "closed";
    readonly connection: ConnectionName;
    readonly code: number;
    readonly reason: string;
    readonly atMs: number;
  }
  | AnswerEntry
  /** A request without an answer. */
  | {
    readonly kind: "failure";
    readonly purpose: Purpose;
    readonly path: string;
    readonly reason: string;
    readonly atMs: number;
  };

interface Text {
  readonly connection: ConnectionName;
  readonly text: string;
  readonly atMs: number;
}

/** A REST answer. `path` is below the REST address and has the query; only a few headers are kept. */
export interface AnswerEntry {
  readonly kind: "answer";
  readonly purpose: Purpose;
  readonly path: string;
  readonly askedAtMs: number;
  readonly atMs: number;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * All that a probe saw. It holds no secret: nothing is signed, and addresses are without user and
 * query.
 */
export interface Recording {
  readonly startedAt: string;
  readonly wsUrl: string;
  readonly restUrl: string;
  readonly products: readonly string[];
  readonly entries: readonly Entry[];
  /** The recording was full before the probe had ended: what came later is not in it. */
  readonly full: boolean;
}

/** Most characters of one recording. A minute of the six products is a tenth of it. */
export const MAX_RECORDING_LENGTH = 64 * 1024 * 1024;
/**
 * Characters kept of one frame: a little more than the product reads, so that a frame that is too
 * long can be recognized.
 */
export const MAX_ENTRY_LENGTH = 4 * 1024 * 1024 + 1;

/** Records what happens until it is full; later entries are left out, and `full` is true. */
export class Recorder {
  readonly entries: Entry[] = [];
  readonly #maxLength: number;
  #length = 0;
  #full = false;

  constructor(maxLength = MAX_RECORDING_LENGTH) {
    this.#maxLength = maxLength;
  }

  get full(): boolean {
    return this.#full;
  }

  add(entry: Entry): void {
    const content = "text" in entry ? entry.text : "body" in entry ? entry.body : "";
    if (this.#full || this.#length + content.length > this.#maxLength) {
      this.#full = true;
      return;
    }
    this.#length += content.length;
    this.entries.push(entry);
  }
}
