import { RateGate } from "../coinbase/rate_gate.ts";
import { systemClock } from "../time/clock.ts";
import type { AnswerEntry, Purpose, Recorder } from "./recording.ts";

/** How to send requests. */
export interface RecordingRestOptions {
  /** Up to and including `/api/v3/brokerage`. */
  readonly url: string;
  readonly requestsPerSecond: number;
  readonly recorder: Recorder;
  readonly signal: AbortSignal;
}

type Query = Readonly<Record<string, string | number>>;

const KEPT_HEADERS = ["date", "retry-after", "content-type", "cache-control"];
const TIMEOUT_MS = 10_000;
/** The most that the program reads of an answer. */
const MAX_BODY_BYTES = 10 * 1024 * 1024;

/**
 * A REST client at the program's own rate that records every answer unchanged. Nothing is retried.
 */
export class RecordingRest {
  readonly #options: RecordingRestOptions;
  readonly #gate: RateGate;

  constructor(options: RecordingRestOptions) {
    this.#options = options;
    this.#gate = new RateGate({ perSecond: options.requestsPerSecond, clock: systemClock });
  }

  /** The answer, whatever it is; null if there was none. Rejects only when the probe is stopped. */
  async request(purpose: Purpose, path: string, query: Query = {}): Promise<AnswerEntry | null> {
    await this.#gate.take({ signal: this.#options.signal });
    return await this.requestImmediately(purpose, path, query);
  }

  /** The same without waiting for its turn. */
  async requestImmediately(
    purpose: Purpose,
    path: string,
    query: Query = {},
  ): Promise<AnswerEntry | null> {
    const { url, recorder, signal } = this.#options;
    const texts = Object.entries(query).map(([name, value]) => [name, `${value}`]);
    const target = texts.length === 0 ? path : `${path}?${new URLSearchParams(texts)}`;
    const askedAtMs = now();
    try {
      const response = await fetch(`${url}${target}`, {
        // Answers are cached for about a second otherwise, which hides the newest trades.
        headers: { accept: "application/json", "cache-control": "no-cache" },
        signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
      });
      const body = await readBody(response);
      const headers: Record<string, string> = {};
      for (const name of KEPT_HEADERS) {
        const value = response.headers.get(name);
        if (value !== null) headers[name] = value;
      }
      const answer: AnswerEntry = {
        kind: "answer",
        purpose,
        path: target,
        askedAtMs,
        atMs: now(),
        status: response.status,
        headers,
        body,
      };
      recorder.add(answer);
      return answer;
    } catch (error) {
      signal.throwIfAborted();
      const reason = error instanceof Error ? error.message : String(error);
      recorder.add({ kind: "failure", purpose, path: target, reason, atMs: now() });
      return null;
    }
  }
}

/** The body's text, up to the length that the program would read. */
async function readBody(response: Response): Promise<string> {
  if (response.body === null) return "";
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const chunk of response.body) {
    bytes += chunk.byteLength;
    text += decoder.decode(chunk, { stream: true });
    if (bytes > MAX_BODY_BYTES) break;
  }
  return text + decoder.decode();
}

function now(): number {
  return performance.timeOrigin + performance.now();
}
