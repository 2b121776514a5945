import {
  emptyMinuteTable,
  MINUTES_PER_DAY,
  type MinuteTable,
  MinuteTables,
} from "./minute_table.ts";
import type { ProductProfile } from "./product_profile.ts";
import { Random } from "./random.ts";

const DAY = 86_400;
/** How long and how strongly activity rises: its logarithm is autoregressive. */
const ACTIVITY_MEMORY = 0.97;
const ACTIVITY_NOISE = 0.12;
const ACTIVITY_VARIANCE = ACTIVITY_NOISE ** 2 / (1 - ACTIVITY_MEMORY ** 2);
/**
 * How one trade's size varies in `TradeWalk`: the variance of its logarithm, and its mean divided
 * by its median.
 */
const SIZE_VARIANCE = 1.6 ** 2;
const MEAN_OVER_MEDIAN = Math.exp(SIZE_VARIANCE / 2);

/** All crowded trades are made when one of them is read, so their number is limited. */
const MOST_CROWDED = 1_000_000;

export interface PastOptions {
  readonly seed: number;
  /** Epoch microseconds at which the past ends. */
  readonly startMicros: number;
  /** Epoch seconds (a whole minute) before which there is nothing; infinite: there is no past. */
  readonly sinceSeconds: number;
  /** From the start on. */
  readonly liveTradesPerSecond: number;
  /** On average. Fewer than from the start on make each of them larger: volumes stay as they are. */
  readonly tradesPerSecond: number;
}

/** Trades that are crowded into one second of the past, beside its usual ones. */
export interface Crowd {
  /** Epoch seconds. */
  readonly second: number;
  readonly trades: number;
}

/**
 * The minutes of one product before the simulator's start, invented a day at a time: each day is a
 * bridge between two anchors of a daily walk, so any day can be made without the others. A minute
 * states how many trades it has and what these add up to; `minuteTrades` makes trades that do.
 */
export class PastMinutes {
  readonly options: PastOptions;
  /** The day of the start, since the epoch. */
  readonly startDay: number;
  readonly #profile: ProductProfile;
  readonly #tables: MinuteTables;
  /** Log prices at day starts: [0] at the start of the simulator's first day, [1] a day before… */
  readonly #anchors: number[] = [];
  readonly #crowds = new Map<number, Crowd[]>();
  readonly #walk: Random;

  constructor(profile: ProductProfile, options: PastOptions, tables = new MinuteTables()) {
    this.#profile = profile;
    this.options = options;
    this.#tables = tables;
    this.#walk = new Random(options.seed, `days ${profile.productId}`);
    this.startDay = Math.floor(options.startMicros / 1e6 / DAY);
  }

  /** The price in US dollars around `seconds`, good enough for a day's change. */
  roughPrice(seconds: number): number {
    const day = Math.floor(seconds / DAY);
    const from = this.#anchor(day);
    const share = (seconds - day * DAY) / DAY;
    return Math.exp(from + (this.#anchor(day + 1) - from) * share);
  }

  /** One day's minutes (days since the epoch), those after the start empty; null where there is no past. */
  day(day: number): MinuteTable | null {
    if (day > this.startDay || (day + 1) * DAY <= this.options.sinceSeconds) return null;
    return this.#tables.get(this.#key(day), () => this.#make(day));
  }

  /**
   * Microseconds that belong to the past in the minute that starts at `seconds`: 60e6, except in
   * the start's minute.
   */
  spanMicros(seconds: number): number {
    return Math.max(0, Math.min(60e6, this.options.startMicros - seconds * 1e6));
  }

  /** Crowds more trades into a second. Throws a RangeError for a second that is not wholly past. */
  crowd(crowd: Crowd): void {
    const { sinceSeconds, startMicros } = this.options;
    const { second, trades } = crowd;
    if (!(Number.isInteger(trades) && trades > 0 && trades <= MOST_CROWDED)) {
      throw new RangeError(
        `trades must be a whole number from 1 to ${MOST_CROWDED}, not ${trades}`,
      );
    }
    if (!(second >= sinceSeconds && (second + 1) * 1e6 <= startMicros)) {
      throw new RangeError(
        `${second} is not a second of the past, which is from ${sinceSeconds} to ${
          Math.floor(startMicros / 1e6)
        }`,
      );
    }
    const minute = Math.floor(second / 60) * 60;
    this.#crowds.set(minute, [...this.crowds(minute), crowd]);
    this.#tables.delete(this.#key(Math.floor(second / DAY)));
  }

  /** What was crowded into the minute that starts at `seconds`. */
  crowds(seconds: number): readonly Crowd[] {
    return this.#crowds.get(seconds) ?? [];
  }

  #key(day: number): string {
    return `${this.#profile.productId} ${day}`;
  }

  #make(day: number): MinuteTable {
    const table = emptyMinuteTable();
    const { seed, sinceSeconds, startMicros, tradesPerSecond, liveTradesPerSecond } = this.options;
    const { priceDecimals, sizeDecimals, dailyVolatility, medianUsd } = this.#profile;
    const dayStart = day * DAY;
    const count = Math.min(MINUTES_PER_DAY, Math.ceil((startMicros / 1e6 - dayStart) / 60));
    const scale = 10 ** priceDecimals;
    const random = new Random(seed, `minutes ${this.#key(day)}`);
    const from = this.#anchor(day);
    // The start's day ends where live trading begins.
    const to = count < MINUTES_PER_DAY ? Math.log(this.#profile.price) : this.#anchor(day + 1);
    const { path, activity } = this.#path(random, count);
    const last = path[count - 1] ?? 0;
    const minuteVolatility = dailyVolatility / Math.sqrt(MINUTES_PER_DAY);
    const usdPerTrade = medianUsd * MEAN_OVER_MEDIAN *
      (tradesPerSecond > 0 ? liveTradesPerSecond / tradesPerSecond : 1);
    let previous = Math.max(1, Math.round(Math.exp(from) * scale));
    for (let i = 0; i < count; i++) {
      const seconds = dayStart + i * 60;
      const active = Math.exp((activity[i] ?? 0) - ACTIVITY_VARIANCE / 2);
      const trades = random.poisson(tradesPerSecond * active * this.spanMicros(seconds) / 1e6);
      const crowded = this.crowds(seconds).reduce((sum, { trades }) => sum + trades, 0);
      const share = (i + 1) / count;
      const log = from + (path[i] ?? 0) - share * last + share * (to - from);
      const close = trades > 0 ? Math.max(1, Math.round(Math.exp(log) * scale)) : previous;
      // A single trade is open and close; two, three or four are placed one by one.
      const open = trades === 1 ? close : previous;
      const reach = minuteVolatility * active * close * 0.6;
      const above = trades > 2 ? Math.round(reach * random.exponential()) : 0;
      const below = trades > 3 ? Math.round(reach * random.exponential()) : 0;
      const luck = trades > 0 ? luckOf(trades, random) : 1;
      const usd = (trades * luck + crowded) * usdPerTrade;
      previous = close;
      if (seconds < sinceSeconds || trades + crowded === 0) continue;
      table.trades[i] = trades + crowded;
      table.open[i] = open;
      table.close[i] = close;
      table.high[i] = Math.max(open, close) + above;
      table.low[i] = Math.max(1, Math.min(open, close) - below);
      table.volume[i] = Math.max(
        trades + crowded,
        Math.round(usd / close * 10 ** (priceDecimals + sizeDecimals)),
      );
    }
    for (let i = 0; i < MINUTES_PER_DAY; i++) {
      table.before[i + 1] = (table.before[i] ?? 0) + (table.trades[i] ?? 0);
    }
    return table;
  }

  #path(random: Random, count: number): { path: Float64Array; activity: Float64Array } {
    const path = new Float64Array(count);
    const activity = new Float64Array(count);
    const minuteVolatility = this.#profile.dailyVolatility / Math.sqrt(MINUTES_PER_DAY);
    let log = 0;
    let logActivity = Math.sqrt(ACTIVITY_VARIANCE) * random.normal();
    for (let i = 0; i < count; i++) {
      logActivity = ACTIVITY_MEMORY * logActivity + ACTIVITY_NOISE * random.normal();
      activity[i] = logActivity;
      log += minuteVolatility * Math.exp(logActivity) * random.normal();
      path[i] = log;
    }
    return { path, activity };
  }

  #anchor(day: number): number {
    const back = this.startDay - day;
    if (back < 0) return Math.log(this.#profile.price);
    while (this.#anchors.length <= back) {
      const first = this.#anchors.length === 0;
      const days = first ? this.options.startMicros / 1e6 / DAY - this.startDay : 1;
      const newer = this.#anchors.at(-1) ?? Math.log(this.#profile.price);
      const pull = (Math.log(this.#profile.price) - newer) * 0.01 * days;
      const step = this.#profile.dailyVolatility * Math.sqrt(days) * this.#walk.normal();
      this.#anchors.push(newer + step + pull);
    }
    return this.#anchors[back] ?? 0;
  }
}

/** A random factor for the total size of `trades` trades, 1 on average: the more trades, the closer to 1. */
function luckOf(trades: number, random: Random): number {
  const variance = Math.log(1 + (Math.exp(SIZE_VARIANCE) - 1) / trades);
  return Math.exp(Math.sqrt(variance) * random.normal() - variance / 2);
}
