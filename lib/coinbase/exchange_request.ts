import type { Clock } from "../time/clock.ts";
import { BackOff } from "../time/back_off.ts";
import { sleep } from "../time/pause.ts";
import type { ExchangeFault } from "./exchange_error.ts";
import { ExchangeError } from "./exchange_error.ts";
import { asList, isRecord } from "./json.ts";
import type { Urgency } from "../exchange/trade_source.ts";
import type { Arrived, RateGate } from "./rate_gate.ts";
import { GateFullError } from "./rate_gate.ts";

/** Timeouts and delays of requests. */
export interface RequestTimings {
  /** Timeout of one attempt, body included. */
  readonly timeoutMs: number;
  /** Delay before the second attempt, with jitter; doubled before each further one. */
  readonly retryMs: number;
  /** The longest delay, whatever the exchange's `retry-after` is. */
  readonly retryMaxMs: number;
  readonly attempts: number;
}

export const DEFAULT_REQUEST_TIMINGS: RequestTimings = {
  timeoutMs: 10_000,
  retryMs: 500,
  retryMaxMs: 30_000,
  attempts: 5,
};

/** Longest response body that is read, in bytes. All products together are about 1 MB. */
export const MAX_BODY_BYTES = 10 * 1024 * 1024;

/** A whole answer: the requested list. */
export interface Answer {
  readonly rows: readonly unknown[];
  /** The exchange's clock when it answered, epoch milliseconds; null if the answer has no date. */
  readonly dateMs: number | null;
}

export interface RequesterOptions {
  /** Up to and including `/api/v3/brokerage`. */
  readonly url: string;
  readonly gate: RateGate;
  readonly clock: Clock;
  readonly fetch: typeof fetch;
  readonly timings: RequestTimings;
  readonly random: () => number;
  /** Rejects every request. */
  readonly signal: AbortSignal;
}

type Attempt =
  | { readonly answer: Answer }
  | {
    readonly fault: ExchangeFault;
    readonly status: number | null;
    readonly retry: boolean;
    readonly retryAfterMs: number | null;
    readonly cause?: unknown;
  };

/** GET requests to the exchange: each attempt waits at the gate, and passing failures are retried. */
export class ExchangeRequester {
  readonly #options: RequesterOptions;
  readonly #outcomes = new Map<string, number>();

  constructor(options: RequesterOptions) {
    this.#options = options;
  }

  /** Attempts, first ones and retries, by how they ended. */
  get outcomes(): Record<string, number> {
    return Object.fromEntries(this.#outcomes);
  }

  /**
   * The list named `key` in the answer. Rejects with an `ExchangeError` when all attempts have failed or a retry cannot
   * help, and with the signal's reason when that is aborted.
   */
  async get(
    path: string,
    key: string,
    query: Record<string, string>,
    waiting: Urgency,
  ): Promise<Answer> {
    const { timings, gate, clock, random } = this.#options;
    const signals = [this.#options.signal];
    if (waiting.signal !== undefined) signals.push(waiting.signal);
    const signal = AbortSignal.any(signals);
    const backOff = new BackOff(timings.retryMs, timings.retryMaxMs, clock, random);
    for (let attempt = 1;; attempt++) {
      const arrived = await this.#turn(path, { ...waiting, signal });
      const target = `${path}?${new URLSearchParams(query)}`;
      const result = await this.#attempt(target, key, arrived, signal);
      if ("answer" in result) {
        this.#count("ok");
        return result.answer;
      }
      this.#count(signal.aborted ? "aborted" : result.fault);
      signal.throwIfAborted();
      const { fault, status, retryAfterMs, cause } = result;
      // The exchange throttles the address, so all requests wait.
      if (status === 429) gate.pause(Math.min(retryAfterMs ?? timings.retryMs, timings.retryMaxMs));
      if (!result.retry || attempt >= timings.attempts) {
        throw new ExchangeError(path, fault, status, cause);
      }
      await sleep(
        clock,
        Math.min(Math.max(backOff.nextMs(), retryAfterMs ?? 0), timings.retryMaxMs),
        signal,
      );
    }
  }

  async #turn(path: string, waiting: Urgency): Promise<Arrived> {
    try {
      return await this.#options.gate.take(waiting);
    } catch (error) {
      if (!(error instanceof GateFullError)) throw error;
      this.#count("queue_full");
      throw new ExchangeError(path, "queue_full", null, error);
    }
  }

  async #attempt(
    target: string,
    key: string,
    arrived: Arrived,
    signal: AbortSignal,
  ): Promise<Attempt> {
    const overtime = new AbortController();
    const cancel = this.#options.clock.after(this.#options.timings.timeoutMs, () => {
      overtime.abort(new Error("no answer in time"));
    });
    try {
      const response = await this.#options.fetch(`${this.#options.url}${target}`, {
        // Otherwise answers are cached for about a second, which hides the newest trades.
        headers: { accept: "application/json", "cache-control": "no-cache" },
        signal: AbortSignal.any([signal, overtime.signal]),
      });
      arrived();
      return await readResponse(response, key);
    } catch (cause) {
      const fault = overtime.signal.aborted ? "timeout" : "network";
      return { fault, status: null, retry: true, retryAfterMs: null, cause };
    } finally {
      arrived();
      cancel();
    }
  }

  #count(outcome: string): void {
    this.#outcomes.set(outcome, (this.#outcomes.get(outcome) ?? 0) + 1);
  }
}

async function readResponse(response: Response, key: string): Promise<Attempt> {
  const { status, headers } = response;
  if (!response.ok) {
    await response.body?.cancel();
    const retry = status === 429 || status === 408 || status >= 500 || isBlocked(response);
    const retryAfterMs = readRetryAfter(headers.get("retry-after"), readDate(headers.get("date")));
    return { fault: `http_${status}`, status, retry, retryAfterMs };
  }
  const text = await readText(response);
  if (text === null) return { fault: "body_too_large", status, retry: false, retryAfterMs: null };
  const rows = readList(text, key);
  // An HTML page of a proxy in front of the exchange, half an answer, or an error with a success status.
  if (rows === null) return { fault: "broken_body", status, retry: true, retryAfterMs: null };
  return { answer: { rows, dateMs: readDate(headers.get("date")) } };
}

/** An HTML page with 401 or 403 comes from a firewall in front of the exchange that throttles; it passes. */
function isBlocked({ status, headers }: Response): boolean {
  return (status === 401 || status === 403) &&
    /^text\/html\b/i.test(headers.get("content-type") ?? "");
}

function readList(text: string, key: string): readonly unknown[] | null {
  try {
    const body: unknown = JSON.parse(text);
    return isRecord(body) ? asList(body[key]) : null;
  } catch {
    return null;
  }
}

/** The body as text; null if it is too long, and then it is not read to its end. */
async function readText(response: Response): Promise<string | null> {
  if (response.body === null) return "";
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const chunk of response.body) {
    bytes += chunk.byteLength;
    if (bytes > MAX_BODY_BYTES) return null;
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

/** `retry-after` in milliseconds: seconds, or an HTTP date against the answer's own. */
function readRetryAfter(header: string | null, dateMs: number | null): number | null {
  if (header === null) return null;
  if (/^\d{1,6}$/.test(header)) return Number(header) * 1000;
  const untilMs = readDate(header);
  return untilMs === null || dateMs === null ? null : Math.max(0, untilMs - dateMs);
}

function readDate(header: string | null): number | null {
  const dateMs = header === null ? NaN : Date.parse(header);
  return Number.isNaN(dateMs) ? null : dateMs;
}
