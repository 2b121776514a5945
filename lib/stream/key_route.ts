import type { CandleKey } from "../candles/candle.ts";
import { compareStates } from "../candles/candle.ts";
import type { Granularity } from "../candles/granularity.ts";
import type { CandleEvent } from "./candle_event.ts";
import type { CandleHeader } from "./candle_header.ts";
import type { Group } from "./group.ts";

/** The groups that want one kind of update: `all` also live states, `closed` only closed candles. */
export interface Receivers {
  readonly all: Set<Group>;
  readonly closed: Set<Group>;
}

/** One key's (product, granularity) current candle and who wants its updates. */
export class KeyRoute {
  /** Groups that name this key. */
  readonly named: Receivers = { all: new Set(), closed: new Set() };
  /** The newest candle, live or closed: what a snapshot shows. */
  current: CandleEvent | null = null;
  #closedStart = -1;
  #newestClosed: CandleHeader | null = null;

  /** `followers` are the groups that take this granularity of every product, shared by its routes. */
  constructor(
    readonly key: CandleKey,
    readonly granularity: Granularity,
    readonly followers: Receivers,
  ) {}

  /**
   * Whether a live state may be sent: never at or before the newest closed start, and no lower state
   * after a higher one. A bucket that is over but not closed yet still has live states.
   */
  takesLive(header: CandleHeader): boolean {
    if (header.start <= this.#closedStart) return false;
    return this.current === null || header.start !== this.current.start ||
      compareStates(header, this.current) >= 0;
  }

  /** Whether a closed state may be sent: revisions of older starts always, no lower one of the newest. */
  takesClosed(header: CandleHeader): boolean {
    const newest = this.#newestClosed;
    return newest === null || header.start !== newest.start || compareStates(header, newest) >= 0;
  }

  /** Remembers an event that came over the bus in order. */
  remember(event: CandleEvent): void {
    if (event.isClosed && event.start >= (this.#newestClosed?.start ?? -1)) {
      this.#newestClosed = event;
    }
    this.refresh(event);
  }

  /**
   * Takes a current candle that was read, not received. It does not count as the newest closed one sent:
   * that one's own message is still to come and must not be taken for a lower state.
   */
  refresh(event: CandleEvent): void {
    if (event.isClosed && event.start > this.#closedStart) this.#closedStart = event.start;
    const held = this.current;
    if (
      held === null || event.start > held.start ||
      (event.start === held.start && compareStates(event, held) >= 0)
    ) this.current = event;
  }
}
