import type { CandleMessage, CurrentMessage } from "../candles/candle_message.ts";
import type { CandleBook } from "./book.ts";
import type { CandleEvent } from "./candle_event.ts";
import type { Client } from "./client.ts";
import type { Clients } from "./clients.ts";
import type { Group } from "./group.ts";
import type { HubOptions } from "./hub_options.ts";
import { Opening } from "./opening.ts";
import type { ResetReason } from "./sse.ts";
import type { StreamCounts } from "./stream_counts.ts";

/** Closed candles that may wait for a client: this many, or twice its keys if that is more. */
const MIN_WAITING_CLOSED = 1_000;

/**
 * Passes the sequencer's ordered messages to the groups that want them, and lets clients join in that order. Owned by
 * the hub; needs no closing.
 */
export class Fanout {
  #dirty: Group[] = [];

  constructor(
    private readonly options: Pick<HubOptions, "source" | "onProblem">,
    private readonly book: CandleBook,
    private readonly clients: Clients,
    private readonly counts: StreamCounts,
  ) {}

  /** Takes messages in order, without a hole between two calls; afterwards everything up to `upTo` is known. */
  take(messages: readonly CandleMessage[], upTo: number): void {
    for (const message of messages) {
      const event = this.book.accept(message);
      if (event !== null) this.#route(event);
    }
    this.book.advance(upTo);
    const dirty = this.#dirty;
    this.#dirty = [];
    for (const group of dirty) this.#flush(group);
  }

  /**
   * The closed candles after `last` and up to `upTo` can no longer be fetched: every client gets a reset and a
   * snapshot. False if the bus' current candles could not be read, so that the snapshot is as old as memory.
   */
  async lost(last: number, upTo: number): Promise<boolean> {
    const isRead = await this.#readCurrent();
    this.book.advance(upTo);
    this.book.ring.restart(upTo + 1);
    for (const client of this.clients) {
      if (!client.isMember) continue;
      this.counts.resets.lost++;
      client.forget();
      this.clients.begin(client, Opening.reset(this.book, client.group, `${last}`, "lost"));
    }
    return isRead;
  }

  /**
   * Selects, from current candles that were read, the live ones that are newer than the known ones.
   */
  newerLive(current: Iterable<CurrentMessage>): CandleMessage[] {
    return this.book.newerLive(current);
  }

  /** Joins a client without an id. */
  snapshot(client: Client): void {
    this.#join(client, Opening.snapshot(this.book, client.group, this.clients.greeting));
  }

  /** Joins a client after `position`; memory must hold all since then. */
  resume(client: Client, position: number): void {
    const { group, takesSnapshot } = client;
    this.#join(client, Opening.resume(this.book, group, position, takesSnapshot));
  }

  /** Joins a client that cannot resume from its id. */
  reset(client: Client, lastEventId: string, reason: ResetReason): void {
    this.counts.resets[reason]++;
    this.#join(client, Opening.reset(this.book, client.group, lastEventId, reason));
  }

  /** Joining and the opening are one synchronous step, so that no event can fall between them. */
  #join(client: Client, opening: Opening): void {
    this.clients.begin(client, opening);
    if (client.isOpen) client.group.join(client);
  }

  #route(event: CandleEvent): void {
    const { named, followers } = event.route;
    for (const group of named.all) if (group.add(event)) this.#dirty.push(group);
    for (const group of followers.all) if (group.add(event)) this.#dirty.push(group);
    if (!event.isClosed) return;
    for (const group of named.closed) if (group.add(event)) this.#dirty.push(group);
    for (const group of followers.closed) if (group.add(event)) this.#dirty.push(group);
  }

  /** Writes a group's events, and cuts off members with too much waiting. */
  #flush(group: Group): void {
    const most = Math.max(MIN_WAITING_CLOSED, 2 * this.book.routing.keyCountOf(group));
    const { frames, bytes, coalesced, overfull } = group.flush(this.clients.tick, most);
    this.clients.sent(frames, bytes);
    this.counts.coalesced += coalesced;
    for (const client of overfull) this.clients.drop(client, "lag");
  }

  async #readCurrent(): Promise<boolean> {
    try {
      for (const message of await this.options.source.current()) this.book.refresh(message);
      return true;
    } catch (error) {
      this.options.onProblem?.("the hub could not read the current candles", error);
      return false;
    }
  }
}
