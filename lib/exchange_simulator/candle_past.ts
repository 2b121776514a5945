import { emptyMinuteTable, MINUTES_PER_DAY, type MinuteTable } from "./minute_table.ts";
import type { ProductProfile } from "./product_profile.ts";
import { Random } from "./random.ts";

const DAY = 86_400;

/**
 * The candles of the time before the trade log begins: minutes invented a day at a time, each day
 * a bridge between two anchors of a daily walk, so any day can be made without the others.
 * Everything larger is merged from these minutes and therefore agrees with them.
 */
export class CandlePast {
  readonly #profile: ProductProfile;
  readonly #seed: number;
  readonly #startSeconds: number;
  readonly #tradesPerSecond: number;
  /** Log prices at day starts: [0] at the start of the simulator's first day, [1] a day before… */
  readonly #anchors: number[] = [];
  readonly #walk: Random;

  constructor(
    profile: ProductProfile,
    seed: number,
    startSeconds: number,
    tradesPerSecond: number,
  ) {
    this.#profile = profile;
    this.#seed = seed;
    this.#startSeconds = startSeconds;
    this.#tradesPerSecond = tradesPerSecond;
    this.#walk = new Random(seed, `days ${profile.productId}`);
  }

  /** The price in US dollars around `seconds`, good enough for a day's change. */
  roughPrice(seconds: number): number {
    const day = Math.floor(seconds / DAY);
    const from = this.#anchor(day);
    const share = (seconds - day * DAY) / DAY;
    return Math.exp(from + (this.#anchor(day + 1) - from) * share);
  }

  /**
   * The minutes of one day (days since the epoch). Minutes from `endSeconds` on are left empty
   * (trades take over there); the last one before closes at `endTicks`.
   */
  minutes(day: number, endSeconds: number, endTicks: number): MinuteTable {
    const table = emptyMinuteTable();
    const dayStart = day * DAY;
    const count = Math.min(MINUTES_PER_DAY, Math.floor((endSeconds - dayStart) / 60));
    if (count <= 0) return table;
    const scale = 10 ** this.#profile.priceDecimals;
    const random = new Random(this.#seed, `minutes ${this.#profile.productId} ${day}`);
    const from = this.#anchor(day);
    const to = count < MINUTES_PER_DAY || dayStart + DAY >= endSeconds
      ? Math.log(endTicks / scale)
      : this.#anchor(day + 1);
    const { path, heat } = this.#path(random, count);
    const last = path[count - 1] ?? 0;
    const minuteVolatility = this.#profile.dailyVolatility / Math.sqrt(MINUTES_PER_DAY);
    const silence = Math.exp(-this.#tradesPerSecond * 60);
    let previous = Math.max(1, Math.round(Math.exp(from) * scale));
    for (let i = 0; i < count; i++) {
      const isLast = i === count - 1;
      if (!isLast && random.next() < silence) continue;
      const share = (i + 1) / count;
      const log = from + (path[i] ?? 0) - share * last + share * (to - from);
      const close = isLast && to !== this.#anchor(day + 1)
        ? endTicks
        : Math.max(1, Math.round(Math.exp(log) * scale));
      const reach = minuteVolatility * (heat[i] ?? 1) * close * 0.6;
      table.open[i] = previous;
      table.close[i] = close;
      table.high[i] = Math.max(previous, close) + Math.round(reach * random.exponential());
      table.low[i] = Math.max(
        1,
        Math.min(previous, close) - Math.round(reach * random.exponential()),
      );
      table.volume[i] = this.#volume(random, heat[i] ?? 1, close);
      previous = close;
    }
    return table;
  }

  #path(random: Random, count: number): { path: Float64Array; heat: Float64Array } {
    const path = new Float64Array(count);
    const heat = new Float64Array(count);
    const minuteVolatility = this.#profile.dailyVolatility / Math.sqrt(MINUTES_PER_DAY);
    let log = 0;
    let logHeat = 0.4 * random.normal();
    for (let i = 0; i < count; i++) {
      logHeat = 0.97 * logHeat + 0.12 * random.normal();
      const h = Math.exp(logHeat);
      heat[i] = h;
      log += minuteVolatility * h * random.normal();
      path[i] = log;
    }
    return { path, heat };
  }

  #volume(random: Random, heat: number, ticks: number): number {
    const { priceDecimals, sizeDecimals, medianUsd } = this.#profile;
    const trades = Math.max(1, this.#tradesPerSecond * 60 * heat);
    const usd = trades * medianUsd * 2.2 * Math.exp(0.5 * random.normal());
    return Math.max(1, Math.round(usd / ticks * 10 ** (priceDecimals + sizeDecimals)));
  }

  #anchor(day: number): number {
    const startDay = Math.floor(this.#startSeconds / DAY);
    const back = startDay - day;
    if (back < 0) return Math.log(this.#profile.price);
    while (this.#anchors.length <= back) {
      const first = this.#anchors.length === 0;
      const days = first ? (this.#startSeconds - startDay * DAY) / DAY : 1;
      const newer = this.#anchors.at(-1) ?? Math.log(this.#profile.price);
      const pull = (Math.log(this.#profile.price) - newer) * 0.01 * days;
      const step = this.#profile.dailyVolatility * Math.sqrt(days) * this.#walk.normal();
      this.#anchors.push(newer + step + pull);
    }
    return this.#anchors[back] ?? newest(this.#anchors);
  }
}

function newest(anchors: readonly number[]): number {
  return anchors.at(-1) ?? 0;
}
