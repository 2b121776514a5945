import type { Random } from "../../lib/exchange_simulator/random.ts";
import { type SseEvent, SseReader } from "../sse_reader.ts";
import { pause } from "./wait.ts";

const RETRY_MS = 200;

/** How a follower comes and goes, in real milliseconds. */
export interface Absences {
  /** How long it stays before it is cut; null for ever. */
  readonly staysMs: number | null;
  /** The longest time until it comes back. */
  readonly awayMs: number;
}

/** A closed candle as a follower was given it. */
interface Received {
  readonly sequence: number;
  readonly data: string;
}

/**
 * A client of `/stream` that is cut again and again and comes back with the last id it read. It checks every frame
 * against what the ids promise, and keeps the closed candles. Whoever makes it leaves it.
 */
export class Follower {
  /** The closed candles since its first snapshot, as they came. */
  readonly closed: Received[] = [];
  /** What was against the promises; the first few. */
  readonly faults: string[] = [];
  /** Where its first snapshot stood; null before. */
  begunAt: number | null = null;
  connects = 0;
  cuts = 0;
  live = 0;
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;
  readonly #newestClosed = new Map<string, number>();
  #lastEventId = "";
  #newestId = 0;

  /** `random` makes its absences repeatable. */
  constructor(
    readonly appUrl: string,
    readonly query: string,
    readonly absences: Absences,
    readonly random: Random,
  ) {
    this.#running = this.#run();
  }

  async leave(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    const { staysMs, awayMs } = this.absences;
    while (!signal.aborted) {
      const cut = new AbortController();
      const timer = staysMs === null
        ? null
        : setTimeout(() => cut.abort(), -Math.log(1 - this.random.next()) * staysMs);
      // A process that was killed resets its connections: that is what coming back is for.
      await this.#read(AbortSignal.any([signal, cut.signal])).catch(() => {});
      if (timer !== null) clearTimeout(timer);
      if (cut.signal.aborted) {
        this.cuts++;
        await pause(this.random.next() * awayMs, signal);
      } else await pause(RETRY_MS, signal);
    }
  }

  async #read(signal: AbortSignal): Promise<void> {
    const headers = this.#lastEventId === "" ? undefined : { "last-event-id": this.#lastEventId };
    const response = await fetch(`${this.appUrl}/stream?${this.query}`, { signal, headers });
    if (response.body === null || response.status !== 200) return await response.body?.cancel();
    this.connects++;
    const reader = new SseReader(response.body);
    try {
      while (!reader.ended) {
        await reader.readUntil(({ events, lastEventId, ended }) =>
          ended || events.length > 0 || lastEventId !== this.#lastEventId
        );
        for (const event of reader.events.splice(0)) this.#take(event);
        // A block may have an id and nothing else.
        if (reader.lastEventId !== "") this.#moveTo(reader.lastEventId);
      }
    } finally {
      await reader.leave().catch(() => {});
    }
  }

  #take({ event, id, data }: SseEvent): void {
    if (event !== "candle") return this.#fault(`${event} ${data}`);
    const { product_id, granularity, timestamp, is_complete } = JSON.parse(data);
    const key = `${product_id}.${granularity}`;
    const newest = this.#newestClosed.get(key) ?? -1;
    if (is_complete) this.#newestClosed.set(key, Math.max(newest, timestamp));
    else {
      this.live++;
      if (timestamp <= newest) this.#fault(`${key} ${timestamp} is live after ${newest} closed`);
    }
    if (this.begunAt === null) {
      // Before the first id the snapshot is not over.
      if (id !== null) this.#moveTo(id);
      return;
    }
    if (is_complete && id === null) this.#fault(`${key} ${timestamp} is closed without an id`);
    if (is_complete) this.closed.push({ sequence: Number(id), data });
    if (is_complete && Number(id) <= this.#newestId) this.#fault(`${id} after ${this.#newestId}`);
    if (id !== null) this.#moveTo(id);
  }

  #moveTo(id: string): void {
    const newest = Number(id);
    if (newest < this.#newestId) this.#fault(`id ${id} after ${this.#newestId}`);
    this.begunAt ??= newest;
    this.#newestId = newest;
    this.#lastEventId = id;
  }

  #fault(text: string): void {
    if (this.faults.length < 5) this.faults.push(`${this.query}: ${text}`);
  }
}
