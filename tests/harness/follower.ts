import type { Random } from "../../lib/exchange_simulator/random.ts";
import { type SseEvent, SseReader } from "../sse_reader.ts";
import { pause } from "./wait.ts";

const RETRY_MS = 200;

/** How a follower comes and goes, in real milliseconds. */
export interface Absences {
  /** How long it stays before it is cut; null if it is never cut. */
  readonly staysMs: number | null;
  /** The longest time until it comes back. */
  readonly awayMs: number;
}

/** A closed candle as a follower received it. */
interface Received {
  readonly sequence: number;
  readonly data: string;
}

/**
 * A client of `/stream` that is cut off again and again and reconnects with the last id it read. It
 * checks every frame against what the ids promise, and keeps the closed candles. Its owner leaves
 * it.
 */
export class Follower {
  /** The closed candles since its first snapshot, as they came. */
  readonly closed: Received[] = [];
  /** Breaches of what the ids promise; the first few. */
  readonly faults: string[] = [];
  /** The sequence of its first snapshot; null before. */
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
    while (!signal.aborted) {
      // A process that was killed resets its connections: the follower comes back.
      const wasCut = await this.#connect().catch(() => false);
      if (signal.aborted) return;
      if (wasCut) this.cuts++;
      await pause(wasCut ? this.random.next() * this.absences.awayMs : RETRY_MS, signal);
    }
  }

  /** Stays until the stream ends; true if it was this side that ended it. */
  async #connect(): Promise<boolean> {
    const headers = this.#lastEventId === "" ? undefined : { "last-event-id": this.#lastEventId };
    const response = await fetch(`${this.appUrl}/stream?${this.query}`, { headers });
    if (response.body === null || response.status !== 200) {
      await response.body?.cancel();
      return false;
    }
    this.connects++;
    const reader = new SseReader(response.body);
    let wasCut = false;
    // Not by the request's signal: an abort is lost once the runtime has collected what listens to it.
    const cut = () => {
      wasCut = true;
      void reader.leave().catch(() => {});
    };
    const { staysMs } = this.absences;
    const stays = staysMs === null ? null : -Math.log(1 - this.random.next()) * staysMs;
    const timer = stays === null ? null : setTimeout(cut, stays);
    this.#stop.signal.addEventListener("abort", cut);
    try {
      if (this.#stop.signal.aborted) cut();
      await this.#read(reader);
    } finally {
      this.#stop.signal.removeEventListener("abort", cut);
      if (timer !== null) clearTimeout(timer);
    }
    return wasCut;
  }

  async #read(reader: SseReader): Promise<void> {
    for (let id = ""; !reader.ended; id = reader.lastEventId) {
      await reader.readUntil(({ events, lastEventId, ended }) =>
        ended || events.length > 0 || lastEventId !== id
      );
      for (const event of reader.events.splice(0)) this.#take(event);
      // A block may have an id and nothing else.
      if (reader.lastEventId !== "") this.#moveTo(reader.lastEventId);
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
