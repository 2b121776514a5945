export const MINUTES_PER_DAY = 1440;

/** A day of minutes in columns, indexed by the minute of the day; trades 0: none. */
export interface MinuteTable {
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
  readonly trades: Uint32Array;
  /** Trades of the day before each of its minutes; at 1440 all of them. */
  readonly before: Uint32Array;
}

export function emptyMinuteTable(): MinuteTable {
  return {
    open: new Float64Array(MINUTES_PER_DAY),
    high: new Float64Array(MINUTES_PER_DAY),
    low: new Float64Array(MINUTES_PER_DAY),
    close: new Float64Array(MINUTES_PER_DAY),
    volume: new Float64Array(MINUTES_PER_DAY),
    trades: new Uint32Array(MINUTES_PER_DAY),
    before: new Uint32Array(MINUTES_PER_DAY + 1),
  };
}

const CAPACITY = 64;

/** The newest few day tables of all products, 70 KB each. */
export class MinuteTables {
  readonly #tables = new Map<string, MinuteTable>();

  get(key: string, make: () => MinuteTable): MinuteTable {
    const known = this.#tables.get(key);
    if (known) return known;
    if (this.#tables.size >= CAPACITY) {
      for (const oldest of this.#tables.keys()) {
        this.#tables.delete(oldest);
        break;
      }
    }
    const table = make();
    this.#tables.set(key, table);
    return table;
  }

  delete(key: string): void {
    this.#tables.delete(key);
  }
}
