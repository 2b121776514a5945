export const MINUTES_PER_DAY = 1440;

/** A day of minute candles in columns, indexed by the minute of the day; volume 0: no trades. */
export interface MinuteTable {
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
}

export function emptyMinuteTable(): MinuteTable {
  return {
    open: new Float64Array(MINUTES_PER_DAY),
    high: new Float64Array(MINUTES_PER_DAY),
    low: new Float64Array(MINUTES_PER_DAY),
    close: new Float64Array(MINUTES_PER_DAY),
    volume: new Float64Array(MINUTES_PER_DAY),
  };
}

/** The newest few day tables of all products; 58 KB each, so at most `capacity` are kept. */
export class MinuteTables {
  readonly #tables = new Map<string, MinuteTable>();

  constructor(readonly capacity = 32) {}

  get(key: string, make: () => MinuteTable): MinuteTable {
    const known = this.#tables.get(key);
    if (known) return known;
    if (this.#tables.size >= this.capacity) {
      for (const oldest of this.#tables.keys()) {
        this.#tables.delete(oldest);
        break;
      }
    }
    const table = make();
    this.#tables.set(key, table);
    return table;
  }
}
