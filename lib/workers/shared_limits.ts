import type { RequestRate } from "../http/request_rate.ts";
import { Admission, type AdmissionLimits } from "../stream/admission.ts";
import type { Answer, Counted, Question } from "./messages.ts";

/** The limits of all workers together. */
export interface SharedLimitsOptions {
  readonly streams: AdmissionLimits;
  readonly downloads: AdmissionLimits;
  readonly requests: Pick<RequestRate, "take">;
}

/**
 * The parent's counts for all workers. A worker requests a place before it opens a stream, begins a
 * download or answers a request, and reports when a stream or a download has ended. The places of a
 * worker that dies are freed.
 */
export class SharedLimits {
  readonly #places: Readonly<Record<"streams" | "downloads", Admission>>;
  /** The places that each worker holds. */
  readonly #held = new Map<number, Map<string, { what: "streams" | "downloads"; count: number }>>();

  constructor(private readonly options: SharedLimitsOptions) {
    this.#places = {
      streams: new Admission(options.streams),
      downloads: new Admission(options.downloads),
    };
  }

  /** Answers a worker. `nowMs` is the time of a monotonic clock. */
  answer(worker: number, { id, what, address }: Question, nowMs: number): Answer {
    if (what === "requests") {
      const waitSeconds = this.options.requests.take(address, nowMs);
      return { id, refusal: null, waitSeconds };
    }
    const refusal = this.#places[what].enter(address);
    if (refusal === null) this.#hold(worker, what, address);
    return { id, refusal, waitSeconds: null };
  }

  /** One of a worker's streams or downloads has ended. */
  left(worker: number, what: Counted, address: string): void {
    if (what === "requests") return;
    const own = this.#held.get(worker);
    const key = `${what} ${address}`;
    const held = own?.get(key);
    if (own === undefined || held === undefined) return;
    if (--held.count === 0) own.delete(key);
    this.#places[what].leave(address);
  }

  /** Frees all places of a worker that has died. */
  forget(worker: number): void {
    for (const [key, { what, count }] of this.#held.get(worker) ?? []) {
      const address = key.slice(what.length + 1);
      for (let given = 0; given < count; given++) this.#places[what].leave(address);
    }
    this.#held.delete(worker);
  }

  #hold(worker: number, what: "streams" | "downloads", address: string): void {
    const own = this.#held.getOrInsertComputed(worker, () => new Map());
    own.getOrInsertComputed(`${what} ${address}`, () => ({ what, count: 0 })).count++;
  }
}
