import type { CandleEvent } from "./candle_event.ts";
import type { Client } from "./client.ts";
import type { KeyRoute, Receivers } from "./key_route.ts";
import type { Subscription } from "./subscription.ts";
import { concat } from "./sse.ts";

export interface Flushed {
  readonly frames: number;
  readonly bytes: number;
  /** Live values of lagging members that were replaced by newer ones. */
  readonly coalesced: number;
  /** Members with more waiting closed candles than the bound. */
  readonly overfull: readonly Client[];
}

const NOTHING: Flushed = { frames: 0, bytes: 0, coalesced: 0, overfull: [] };

/**
 * All clients with one and the same subscription: they share every chunk. The hub makes it for the first
 * of them and removes it with the last.
 */
export class Group {
  /** Clients that receive events in the hub's order; resuming ones are not among them. */
  readonly members: Client[] = [];
  /** All clients, the ones that still resume included. */
  clientCount = 0;
  /** The cached snapshot, and the version of the book that it shows. */
  snapshot: { readonly version: number; readonly events: readonly CandleEvent[] } | null = null;
  #pending: CandleEvent[] = [];

  /** `routes` are the keys it names; null where it follows all products. */
  constructor(
    readonly name: string,
    readonly subscription: Subscription,
    readonly routes: readonly KeyRoute[] | null,
  ) {}

  /** The set of an index that this group belongs to. */
  setOf(receivers: Receivers): Set<Group> {
    return this.subscription.closedOnly ? receivers.closed : receivers.all;
  }

  /** Whether it wants a key's updates. */
  wants(route: KeyRoute): boolean {
    return this.setOf(this.routes === null ? route.followers : route.named).has(this);
  }

  /** Adds an event to the current batch; true for its first. */
  add(event: CandleEvent): boolean {
    return this.#pending.push(event) === 1;
  }

  join(client: Client): void {
    client.place = this.members.push(client) - 1;
  }

  leave(client: Client): void {
    const last = this.members.pop();
    if (last !== undefined && last !== client) {
      this.members[client.place] = last;
      last.place = client.place;
    }
    client.place = -1;
  }

  /** Writes the batch's events to every member as one chunk. `maxClosed` bounds who lags. */
  flush(tick: number, maxClosed: number): Flushed {
    const events = this.#pending;
    this.#pending = [];
    if (this.members.length === 0) return NOTHING;
    const [only] = events;
    const chunk = events.length === 1 && only !== undefined
      ? only.frame
      : concat(events.map((event) => event.frame));
    const overfull: Client[] = [];
    let coalesced = 0;
    let written = 0;
    let bytes = 0;
    // From the last to the first: `Deno.serve` cancels a body during a write to it if its peer has left, and a leaving
    // member's place goes to the last one, which must be neither skipped nor written to twice.
    for (let place = this.members.length - 1; place >= 0; place--) {
      const client = this.members[place];
      if (client === undefined) continue;
      if (client.lags) {
        coalesced += client.queue(events);
        if (client.waitingClosed > maxClosed) overfull.push(client);
      } else {
        bytes += client.write(chunk);
        client.wroteAt = tick;
        written++;
      }
    }
    return {
      frames: written * events.length,
      bytes,
      coalesced,
      overfull,
    };
  }
}
