import type { Candle } from "../../static/client.d.ts";

/** States kept for each key, so that a lower one never follows. */
const KEPT_STATES = 500;

/** A candle and the text that it came as. */
export interface Frame {
  readonly candle: Candle;
  readonly json: string;
}

/**
 * Orders one product's candles of one granularity for a follower: each candle's states ascend, and a live candle is
 * held back while one before it is missing, or (`provesEach`) may still change.
 */
export class CandleOrder {
  readonly #ranks = new Map<number, number>();
  #newest: Candle | null = null;
  #held: Frame | null = null;
  /** Whether to wait for proof: after a candle that was not proven in time it does not, until one is proven. */
  #mayWait = true;
  readonly #provesEach: boolean;

  constructor(provesEach = false) {
    this.#provesEach = provesEach;
  }

  /** The newest candle that was let through. */
  get newest(): Candle | null {
    return this.#newest;
  }

  get holds(): boolean {
    return this.#held !== null;
  }

  /** The frames to pass on after this one came. `isWhole`: nothing can be missing. */
  take(frame: Frame, isWhole: boolean): Frame[] {
    const { candle } = frame;
    const { timestamp, is_complete } = candle;
    const rank = rankOf(candle);
    const known = this.#ranks.get(timestamp) ?? -1;
    if (rank < known || (rank === known && is_complete)) return [];
    if (!is_complete && !isWhole && this.#lacks(candle)) {
      this.#held = frame;
      return [];
    }
    this.#pass(candle, rank);
    const held = this.#held;
    if (held === null) return [frame];
    if (held.candle.timestamp > timestamp && this.#lacks(held.candle)) return [frame];
    return [frame, ...this.#letGo()];
  }

  /** Ends a wait, and returns what was held back if it is still current. */
  release(): Frame[] {
    this.#mayWait = true;
    this.#mayWait = this.#held === null || !this.#lacks(this.#held.candle);
    return this.#letGo();
  }

  #letGo(): Frame[] {
    const held = this.#held;
    this.#held = null;
    return held === null ? [] : this.take(held, true);
  }

  #pass(candle: Candle, rank: number): void {
    const { timestamp } = candle;
    this.#ranks.delete(timestamp);
    this.#ranks.set(timestamp, rank);
    for (const oldest of this.#ranks.keys()) {
      if (this.#ranks.size > KEPT_STATES) this.#ranks.delete(oldest);
      break;
    }
    if (candle.exact) this.#mayWait = true;
    if (timestamp >= (this.#newest?.timestamp ?? 0)) this.#newest = candle;
  }

  /** Whether a closed candle must come before this one, by its ids where they are known. */
  #lacks(candle: Candle): boolean {
    const before = this.#newest;
    if (before === null || candle.timestamp <= before.timestamp) return false;
    return !before.is_complete ||
      (this.#mayWait && (!follows(candle, before) || (this.#provesEach && !before.exact)));
  }
}

/** Whether no trade is known to be missing between a candle and a later one. */
export function follows({ first_trade_id }: Candle, { last_trade_id }: Candle): boolean {
  return last_trade_id === null || first_trade_id === null || first_trade_id <= last_trade_id + 1;
}

/** A number that is higher for a higher state of one candle. */
function rankOf({ is_complete, exact, revision }: Candle): number {
  return (is_complete ? exact ? 3 : 2 : 0) * 2 ** 40 + revision;
}
