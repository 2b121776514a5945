import { type Clock, every, systemClock } from "../time/clock.ts";
import { pause } from "../time/pause.ts";
import type { StreamAdmission } from "./admission.ts";
import type { CandleBook } from "./book.ts";
import { Client } from "./client.ts";
import { FLUSH_MS } from "./cut_off.ts";
import type { Group } from "./group.ts";
import type { Opening } from "./opening.ts";
import type { SharedGzip } from "./shared_gzip.ts";
import { comeBackBlock, HEARTBEAT, RETRY_MS, retryBlock } from "./sse.ts";
import type { DropReason, StreamCounts } from "./stream_counts.ts";

const HEARTBEAT_MS = 15_000;
/** Looks at the idle and the stuck, per heartbeat. */
const TICKS = 15;
/** A client that took nothing for so many ticks, though something waits for it, is cut off. */
const STUCK_TICKS = 120;
/** The same for one that still resumes, which keeps a page that others wait for. It resumes again without loss. */
const STUCK_RESUMING_TICKS = 20;
const TAKING_MS = 500;
/** How often an end looks whether all have taken what waited. */
const LOOK_MS = 20;

/** The times that a hub may be given. */
export interface ClientTimes {
  /** A client that was written nothing for so long gets a comment line: 15,000 unless told. */
  readonly heartbeatMs?: number;
  /** How long a client is to wait before it reconnects: 2,000 by default. */
  readonly retryMs?: number;
  /** How long clients may take to read what waits for them when all streams end: 500 by default. */
  readonly takingMs?: number;
  /** How long the HTTP server gets after that for writing it: 100 by default. */
  readonly flushMs?: number;
  readonly clock?: Clock;
}

/**
 * All open clients: writes to them, keeps the idle ones alive, cuts off those that take nothing. One timer
 * serves them all, until `endAll`.
 */
export class Clients {
  readonly #all = new Set<Client>();
  readonly #stopBeating: () => void;
  readonly #retryMs: number;
  readonly #times: ClientTimes;
  /** Names how long a client is to wait should it be cut off. */
  readonly greeting: Uint8Array<ArrayBuffer>;
  #tick = 0;

  /** Each client's place in `admission` and in its group is given back once, whoever ended it. */
  constructor(
    private readonly book: CandleBook,
    private readonly counts: StreamCounts,
    private readonly admission: StreamAdmission,
    times: ClientTimes,
  ) {
    this.#retryMs = times.retryMs ?? RETRY_MS;
    this.#times = times;
    this.greeting = retryBlock(this.#retryMs);
    const beatMs = (times.heartbeatMs ?? HEARTBEAT_MS) / TICKS;
    this.#stopBeating = every(times.clock ?? systemClock, beatMs, () => this.#beat());
  }

  [Symbol.iterator](): Iterator<Client> {
    return this.#all.values();
  }

  get size(): number {
    return this.#all.size;
  }

  /** Counts looks at the idle and the stuck: when a client was last written to. */
  get tick(): number {
    return this.#tick;
  }

  /** The hub's newest sequence: what a client that has caught up has been sent or filtered out of. */
  get position(): number {
    return this.book.sequence;
  }

  /** A new client of a group, to be written `greeting` before all else. It is no member yet. */
  open(
    group: Group,
    address: string,
    takesSnapshot: boolean,
    gzip: SharedGzip | null,
  ): Client {
    const client = new Client(this, group, address, takesSnapshot, gzip);
    client.tookAt = this.#tick;
    this.#all.add(client);
    this.counts.opened++;
    return client;
  }

  /** The reader left; the client is already ended. */
  left(client: Client): void {
    this.counts.left++;
    this.#remove(client);
  }

  /** So much went out of a client's own queue, or to several at once. */
  sent(frames: number, bytes: number): void {
    this.counts.framesSent += frames;
    this.counts.bytesSent += bytes;
  }

  write(client: Client, chunk: Uint8Array<ArrayBuffer>): void {
    this.counts.bytesSent += client.write(chunk);
    client.wroteAt = this.#tick;
  }

  /** Sends a client what it begins with, as it takes it. */
  begin(client: Client, opening: Opening): void {
    this.counts.bytesSent += client.begin(opening);
    client.wroteAt = this.#tick;
  }

  /**
   * Sends every client a different time to reconnect; from then on none is open. Resolves when what they were sent has
   * gone out, or had its time, and all streams have been cut off.
   */
  async endAll(): Promise<void> {
    this.#stopBeating();
    const ending: Client[] = [];
    for (const client of this.#all) {
      client.end(comeBackBlock(this.#retryMs));
      if (!this.#all.has(client)) continue;
      ending.push(client);
      this.counts.dropped.closing++;
      this.#remove(client);
    }
    if (ending.length === 0) return;
    const { takingMs = TAKING_MS, flushMs = FLUSH_MS, clock } = this.#times;
    for (let waitedMs = 0; waitedMs < takingMs; waitedMs += LOOK_MS) {
      if (ending.every((client) => client.isTaken)) break;
      await pause(LOOK_MS, undefined, clock);
    }
    await pause(flushMs, undefined, clock);
    for (const client of ending) client.drop("closing");
  }

  #beat(): void {
    this.#tick++;
    for (const client of this.#all) {
      if (client.tookAnything()) client.tookAt = this.#tick;
      else if (this.#tick - client.tookAt >= patienceOf(client)) this.drop(client, "stuck");
      if (!client.isOpen || client.lags || this.#tick - client.wroteAt < TICKS) continue;
      this.counts.heartbeats++;
      this.write(client, HEARTBEAT);
    }
  }

  /** Cuts a client off, which resumes if it wants to. */
  drop(client: Client, reason: DropReason): void {
    client.drop(reason);
    this.counts.dropped[reason]++;
    this.#remove(client);
  }

  #remove(client: Client): void {
    if (!this.#all.delete(client)) return;
    if (client.isMember) client.group.leave(client);
    this.book.routing.release(client.group);
    this.admission.leave(client.address);
  }
}

function patienceOf(client: Client): number {
  return client.isMember ? STUCK_TICKS : STUCK_RESUMING_TICKS;
}
