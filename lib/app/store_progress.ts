import type { Bus } from "../bus/bus.ts";
import type { Store } from "../store/store.ts";
import { type Clock, systemClock } from "../time/clock.ts";
import { pause } from "../time/pause.ts";

/** What `StoreProgress` reads. */
export interface StoreProgressParts {
  readonly bus: Pick<Bus, "closedBounds" | "storeLag" | "storeFloor">;
  readonly store: Pick<Store, "state"> & { readonly mark: Pick<Store["mark"], "read"> };
  /** Closed candles that the bus does not have yet. */
  pending(): number;
  readonly signal: AbortSignal;
  readonly clock?: Clock;
}

/** How long a start waits for the database before it continues with what the bus knows. */
const STORE_TIMEOUT_MS = 10_000;
const TRIES = 40;
const LOOK_EVERY_MS = 250;

/** Finds whether the database answers, and has what was published. */
export class StoreProgress {
  readonly #clock: Clock;

  constructor(private readonly parts: StoreProgressParts) {
    this.#clock = parts.clock ?? systemClock;
  }

  /**
   * Whether the database has everything published before; waits some seconds for it, but not for
   * what is published after the call.
   */
  async isCaughtUp(signal: AbortSignal): Promise<boolean> {
    const { bus, store } = this.parts;
    let last: number | null = null;
    for (let tries = 0; tries < TRIES && !signal.aborted; tries++) {
      if (store.state().state === "up" && (last !== null || this.parts.pending() === 0)) {
        try {
          last ??= (await bus.closedBounds()).last;
          const { ackFloor, pending } = await bus.storeLag();
          const isAcknowledged = pending === 0 || ackFloor >= last;
          if (isAcknowledged && await this.#holds(Math.min(ackFloor, last))) return true;
        } catch {
          // While the bus is down the database counts as not caught up.
        }
      }
      await this.#pause(signal);
    }
    return false;
  }

  /** Whether the present database has all up to a sequence that was acknowledged, possibly for another one. */
  async #holds(acknowledged: number): Promise<boolean> {
    const { bus, store } = this.parts;
    const { sequence } = await store.mark.read((await bus.storeFloor()).stream);
    return sequence !== null && sequence >= acknowledged;
  }

  /** Whether the database answers within the time a start may wait for it. */
  async isReady(): Promise<boolean> {
    const { store, signal } = this.parts;
    const endMs = this.#clock.now() + STORE_TIMEOUT_MS;
    // A degraded database can be read.
    while (!["up", "degraded"].includes(store.state().state)) {
      if (signal.aborted || this.#clock.now() >= endMs) return false;
      await this.#pause(signal);
    }
    return true;
  }

  #pause(signal: AbortSignal): Promise<void> {
    return pause(LOOK_EVERY_MS, AbortSignal.any([signal, this.parts.signal]), this.#clock);
  }
}
