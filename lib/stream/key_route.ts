import type { CandleKey } from "../candles/candle.ts";
import { compareStates } from "../candles/candle.ts";
import { type CandleEvent, candleEvent } from "./candle_event.ts";
import type { CandleHeader } from "./candle_header.ts";
import type { Group } from "./group.ts";
import { idLine } from "./sse.ts";
import { UnsentCandle } from "./unsent_candle.ts";

/** The groups that want one kind of update: `all` also live states, `closed` only closed candles. */
export interface Receivers {
  readonly all: Set<Group>;
  readonly closed: Set<Group>;
}

const NO_ID = idLine(0);

/** One key's (product, granularity) current candle, and the groups that want its updates. */
export class KeyRoute {
  /** Groups that name this key. */
  readonly named: Receivers = { all: new Set(), closed: new Set() };
  #unsent: UnsentCandle | null = null;
  #newest: CandleEvent | UnsentCandle | null = null;
  #closedStart = -1;
  #newestClosed: CandleHeader | null = null;

  /** `followers` are the groups that take this granularity of every product, shared by its routes. */
  constructor(
    readonly key: CandleKey,
    readonly followers: Receivers,
  ) {}

  /** The newest candle, live or closed: what a snapshot shows. Its frame is not one of the hub's order. */
  get current(): CandleEvent | null {
    if (this.#newest instanceof UnsentCandle) {
      const message = { key: this.key, bytes: this.#newest.data, sequence: null };
      this.#newest = candleEvent(this, this.#newest, message, NO_ID);
    }
    return this.#newest;
  }

  /** Whether any group wants live states. */
  get hasListeners(): boolean {
    return this.named.all.size > 0 || this.followers.all.size > 0;
  }

  /**
   * Whether a live state may be sent: never at or before the newest closed start, and no lower state
   * after a higher one. A bucket that is over but not closed yet still has live states.
   */
  takesLive(header: CandleHeader): boolean {
    if (header.start <= this.#closedStart) return false;
    const newest = this.#newest;
    return newest === null || header.start !== newest.start || compareStates(header, newest) >= 0;
  }

  /** Whether a closed state may be sent: revisions of older starts always, no lower one of the newest. */
  takesClosed(header: CandleHeader): boolean {
    const newest = this.#newestClosed;
    return newest === null || header.start !== newest.start || compareStates(header, newest) >= 0;
  }

  /** Takes an event that came over the bus in order. */
  remember(event: CandleEvent): void {
    if (event.isClosed && event.start >= (this.#newestClosed?.start ?? -1)) {
      this.#newestClosed = event;
    }
    this.refresh(event);
  }

  /**
   * Takes a current candle that was read, not received. It does not count as the newest closed one that was sent: its
   * own message is still to come, and must not count as a lower state then.
   */
  refresh(event: CandleEvent): void {
    if (event.isClosed && event.start > this.#closedStart) this.#closedStart = event.start;
    if (this.#isNewest(event)) this.#newest = event;
  }

  /** Takes a live state that came in order and that no group wants, for later snapshots. */
  keep(header: CandleHeader, data: Uint8Array): void {
    if (!this.#isNewest(header)) return;
    this.#unsent ??= new UnsentCandle();
    this.#unsent.take(header, data);
    this.#newest = this.#unsent;
  }

  #isNewest(header: CandleHeader): boolean {
    const newest = this.#newest;
    return newest === null || header.start > newest.start ||
      (header.start === newest.start && compareStates(header, newest) >= 0);
  }
}
