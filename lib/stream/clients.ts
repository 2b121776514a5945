import { type Clock, every, systemClock } from "../time/clock.ts";
import { pause } from "../time/pause.ts";
import type { StreamAdmission } from "./admission.ts";
import type { CandleBook } from "./book.ts";
import { Client } from "./client.ts";
import { FLUSH_MS } from "./cut_off.ts";
import type { Group } from "./group.ts";
import type { Opening } from "./opening.ts";
import type { SharedGzip } from "./shared_gzip.ts";
import { finalRetryBlock, HEARTBEAT, RETRY_MS, retryBlock } from "./sse.ts";
import type { DropReason, StreamCounts } from "./stream_counts.ts";

const HEARTBEAT_MS = 15_000;
/** Checks for idle and stuck clients, per heartbeat. */
const TICKS = 15;
/** A client that took nothing for this many ticks, though something waits for it, is cut off. */
const STUCK_TICKS = 120;
/** The same for a resuming client, which holds a page that others wait for. It can resume again without loss. */
const STUCK_RESUMING_TICKS = 20;
const TAKING_MS = 500;
/** How often `endAll` checks whether all have taken what waited. */
const LOOK_MS = 20;

/** The times that a hub may be given. */
export interface ClientTimes {
  /** How long a client is to wait before it reconnects: 2,000 by default. */
  readonly retryMs?: number;
  /** How long clients may take to read what waits for them when all streams end: 500 by default. */
  readonly takingMs?: number;
  /** How long the HTTP server gets after that for writing it: 100 by default. */
  readonly flushMs?: number;
  readonly clock?: Clock;
}

/**
 * All open clients: writes to them, sends comments to idle ones, cuts off those that take nothing. One timer serves all
 * of them, until `endAll`.
 */
export class Clients {
  readonly #all = new Set<Client>();
  readonly #stopBeating: () => void;
  readonly #retryMs: number;
  readonly #times: ClientTimes;
  /** The first block of a stream, with the retry time. */
  readonly greeting: Uint8Array<ArrayBuffer>;
  #tick = 0;

  /** Each client's place in `admission` and in its group is given back once, however it ended. */
  constructor(
    private readonly book: CandleBook,
    private readonly counts: StreamCounts,
    private readonly admission: StreamAdmission,
    times: ClientTimes,
  ) {
    this.#retryMs = times.retryMs ?? RETRY_MS;
    this.#times = times;
    this.greeting = retryBlock(this.#retryMs);
    this.#stopBeating = every(
      times.clock ?? systemClock,
      HEARTBEAT_MS / TICKS,
      () => this.#beat(),
    );
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

  /** A new client of a group, which is not a member yet. Write `greeting` to it first. */
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

  /** Counts frames and bytes sent from one client's queue, or to several clients. */
  sent(frames: number, bytes: number): void {
    this.counts.framesSent += frames;
    this.counts.bytesSent += bytes;
  }

  write(client: Client, chunk: Uint8Array<ArrayBuffer>): void {
    this.counts.bytesSent += client.write(chunk);
    client.wroteAt = this.#tick;
  }

  /** Sends a client its opening, as it takes it. */
  begin(client: Client, opening: Opening): void {
    this.counts.bytesSent += client.begin(opening);
    client.wroteAt = this.#tick;
  }

  /**
   * Sends every client a different retry time, after which none is open. Resolves when all that was sent is written, or
   * its time is up, and all streams are cut off.
   */
  async endAll(): Promise<void> {
    this.#stopBeating();
    const ending: Client[] = [];
    for (const client of this.#all) {
      client.end(finalRetryBlock(this.#retryMs));
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
      else if (this.#tick - client.tookAt >= stuckTicksOf(client)) this.drop(client, "stuck");
      if (!client.isOpen || client.lags || this.#tick - client.wroteAt < TICKS) continue;
      this.counts.heartbeats++;
      this.write(client, HEARTBEAT);
    }
  }

  /** Cuts a client off; it may resume. */
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

function stuckTicksOf(client: Client): number {
  return client.isMember ? STUCK_TICKS : STUCK_RESUMING_TICKS;
}
