import { MINUTES_PER_DAY, type MinuteTable } from "./minute_table.ts";
import { minuteTrades, type TradeBlock } from "./minute_trades.ts";
import type { Crowd, PastMinutes } from "./past_minutes.ts";
import { Random } from "./random.ts";

const DAY = 86_400;
const NO_TRADES: TradeBlock = {
  length: 0,
  micros: new Float64Array(),
  ticks: new Float64Array(),
  signedSizes: new Float64Array(),
};

/**
 * One product's trades before the simulator's start, by index: -1 is the newest of them. They are
 * made again at every access, a minute at a time, each minute from its own seed; only the number of
 * trades of each day and the last minute are kept.
 */
export class PastTrades {
  readonly #productId: string;
  readonly #minutes: PastMinutes;
  readonly #sinceSeconds: number;
  /**
   * The number of trades from a day's start on: [0] of the day of the start, [1] of the day
   * before…
   */
  #totals: number[] = [];
  #block = NO_TRADES;
  #blockFirst = 0;

  /** Trades reach back to `sinceSeconds`, a whole minute; the minutes may reach further. */
  constructor(productId: string, minutes: PastMinutes, sinceSeconds: number) {
    this.#productId = productId;
    this.#minutes = minutes;
    this.#sinceSeconds = Math.max(sinceSeconds, minutes.options.sinceSeconds);
  }

  /** The oldest one's index; 0 if there are none. Counts all days, so it takes a while at first. */
  get first(): number {
    while (this.#countDay());
    return 0 - (this.#totals.at(-1) ?? 0);
  }

  /** Whether there is a trade of this index, which is below 0. */
  has(index: number): boolean {
    while (-index > (this.#totals.at(-1) ?? 0)) if (!this.#countDay()) return false;
    return true;
  }

  /** Epoch microseconds. Throws a RangeError, as the others do, where there is no such trade. */
  micros(index: number): number {
    const at = this.#look(index);
    return this.#block.micros[at] ?? 0;
  }

  ticks(index: number): number {
    const at = this.#look(index);
    return this.#block.ticks[at] ?? 0;
  }

  /** Negative when the maker sold (the taker bought). */
  signedSize(index: number): number {
    const at = this.#look(index);
    return this.#block.signedSizes[at] ?? 0;
  }

  /** The first index whose time is at or after `micros`; 0 when there is none. */
  indexAt(micros: number): number {
    if (micros <= this.#sinceSeconds * 1e6) return this.first;
    if (micros >= this.#minutes.options.startMicros) return 0;
    const day = Math.floor(micros / 1e6 / DAY);
    const back = this.#minutes.startDay - day;
    while (this.#totals.length <= back) this.#countDay();
    const minute = Math.floor((micros / 1e6 - day * DAY) / 60);
    const table = this.#minutes.day(day);
    const first = this.#dayFirst(back, table) + (table?.before[minute] ?? 0);
    const trades = table?.trades[minute] ?? 0;
    if (trades === 0) return first;
    this.#look(first);
    let low = 0;
    let high = trades;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#block.micros[middle] ?? 0) < micros) low = middle + 1;
      else high = middle;
    }
    return first + low;
  }

  /** Crowds more trades into a second; all older ones' indexes are lower by their number from then on. */
  crowd(crowd: Crowd): void {
    if (crowd.second < this.#sinceSeconds) {
      throw new RangeError(`there are no trades before ${this.#sinceSeconds}`);
    }
    this.#minutes.crowd(crowd);
    this.#totals = [];
    this.#block = NO_TRADES;
  }

  /** Takes one more day into account; false when there is none. */
  #countDay(): boolean {
    const back = this.#totals.length;
    const day = this.#minutes.startDay - back;
    if ((day + 1) * DAY <= this.#sinceSeconds) return false;
    const table = this.#minutes.day(day);
    if (table === null) return false;
    const its = (table.before[MINUTES_PER_DAY] ?? 0) - this.#notReached(day, table);
    this.#totals.push((this.#totals.at(-1) ?? 0) + its);
    return true;
  }

  /** Trades of a day that are before the first one there is. */
  #notReached(day: number, table: MinuteTable): number {
    const minute = (this.#sinceSeconds - day * DAY) / 60;
    return minute > 0 ? table.before[Math.min(minute, MINUTES_PER_DAY)] ?? 0 : 0;
  }

  /** The index that a day's first trade has, or would have if trades reached that far. */
  #dayFirst(back: number, table: MinuteTable | null): number {
    const notReached = table ? this.#notReached(this.#minutes.startDay - back, table) : 0;
    return 0 - (this.#totals[back] ?? 0) - notReached;
  }

  /** Makes the trades of the minute that this one is in; returns its place among them. */
  #look(index: number): number {
    const at = index - this.#blockFirst;
    if (at >= 0 && at < this.#block.length) return at;
    if (index >= 0 || !this.has(index)) throw new RangeError(`there is no trade ${index}`);
    const back = this.#totals.findIndex((total) => total >= -index);
    const day = this.#minutes.startDay - back;
    const table = this.#minutes.day(day);
    if (table === null) throw new RangeError(`there is no trade ${index}`);
    const dayFirst = this.#dayFirst(back, table);
    const minute = minuteOf(table, index - dayFirst);
    this.#blockFirst = dayFirst + (table.before[minute] ?? 0);
    this.#block = this.#make(table, day, minute);
    return index - this.#blockFirst;
  }

  #make(table: MinuteTable, day: number, minute: number): TradeBlock {
    const seconds = day * DAY + minute * 60;
    const { seed } = this.#minutes.options;
    const shape = {
      open: table.open[minute] ?? 0,
      high: table.high[minute] ?? 0,
      low: table.low[minute] ?? 0,
      close: table.close[minute] ?? 0,
      volume: table.volume[minute] ?? 0,
      trades: table.trades[minute] ?? 0,
    };
    const span = { startMicros: seconds * 1e6, spanMicros: this.#minutes.spanMicros(seconds) };
    const random = new Random(seed, `trades ${this.#productId} ${seconds}`);
    return minuteTrades(shape, span, this.#minutes.crowds(seconds), random);
  }
}

/** The minute of the day that its trade number `nth` is in. */
function minuteOf({ before }: MinuteTable, nth: number): number {
  let low = 0;
  let high = MINUTES_PER_DAY - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((before[middle] ?? 0) <= nth) low = middle;
    else high = middle - 1;
  }
  return low;
}
