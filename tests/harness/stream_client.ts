import { type SseEvent, SseReader } from "../sse_reader.ts";
import { pause } from "./wait.ts";

const RECONNECT_MS = 200;

/**
 * A client of `/stream` that never gives up: it reconnects with the last id it was given, as a
 * browser does, and keeps every event. Its owner leaves it.
 */
export class StreamClient {
  readonly events: SseEvent[] = [];
  connects = 0;
  readonly #url: string;
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;
  #lastEventId = "";

  /** `query` such as `products=*&granularities=1m`. */
  constructor(appUrl: string, query: string) {
    this.#url = `${appUrl}/stream?${query}`;
    this.#running = this.#run();
  }

  /** The data of every candle event so far that is of a closed candle. */
  closed(): string[] {
    return this.events.filter(({ event, data }) =>
      event === "candle" && data.includes('"is_complete":true')
    ).map(({ data }) => data);
  }

  /** How often it was sent a reset: its place in the stream was lost. */
  get resets(): number {
    return this.events.filter(({ event }) => event === "reset").length;
  }

  async leave(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      try {
        await this.#read(signal);
      } catch {
        // A process that was killed resets its connections: the client comes back.
      }
      await pause(RECONNECT_MS, signal);
    }
  }

  async #read(signal: AbortSignal): Promise<void> {
    const headers = this.#lastEventId === "" ? undefined : { "last-event-id": this.#lastEventId };
    const response = await fetch(this.#url, { signal, headers });
    if (response.body === null || response.status !== 200) {
      await response.body?.cancel();
      return;
    }
    this.connects++;
    const reader = new SseReader(response.body);
    try {
      for (let seen = 0; !reader.ended;) {
        await reader.readUntil(({ events, ended }) => ended || events.length > seen);
        this.events.push(...reader.events.slice(seen));
        seen = reader.events.length;
        if (reader.lastEventId !== "") this.#lastEventId = reader.lastEventId;
      }
    } finally {
      await reader.leave().catch(() => {});
    }
  }
}
