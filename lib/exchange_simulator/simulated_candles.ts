import type { CandlePast } from "./candle_past.ts";
import type { Market } from "./market.ts";
import type { MinuteTable, MinuteTables } from "./minute_table.ts";

const DAY = 86_400;

/** A candle in whole ticks and units; `start` in epoch seconds. */
export interface SimulatedCandle {
  readonly start: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: bigint;
}

interface MinuteCandle {
  readonly open: number;
  high: number;
  low: number;
  close: number;
  volume: number;
  /** What no longer fits into `volume` exactly. */
  spilled: bigint;
}

/**
 * The exchange's own candles of one product, as its REST answers them: folded from the trades as
 * far as these reach, invented before that.
 */
export class SimulatedCandles {
  readonly #market: Market;
  readonly #past: CandlePast;
  readonly #tables: MinuteTables;
  readonly #historyDays: number;
  /** From trades, by minute since the epoch. */
  readonly #minutes = new Map<number, MinuteCandle>();
  readonly #days = new Map<number, SimulatedCandle | null>();
  #foldedTo: number | null = null;
  #joinTicks = 0;

  constructor(market: Market, past: CandlePast, tables: MinuteTables, historyDays: number) {
    this.#market = market;
    this.#past = past;
    this.#tables = tables;
    this.#historyDays = historyDays;
  }

  /** Candles whose start is in [from, to], oldest first; buckets without trades are absent. */
  candles(granularitySeconds: number, from: number, to: number): SimulatedCandle[] {
    this.fold();
    const candles: SimulatedCandle[] = [];
    const first = Math.ceil(from / granularitySeconds) * granularitySeconds;
    for (let start = first; start <= to; start += granularitySeconds) {
      const candle = granularitySeconds === DAY
        ? this.#day(start)
        : this.#merge(start, granularitySeconds);
      if (candle) candles.push(candle);
    }
    return candles;
  }

  /** Takes in all trades of the log that it has not seen; must happen before any is forgotten. */
  fold(): void {
    const { log } = this.#market;
    if (this.#foldedTo === null) {
      this.#market.recallAll();
      this.#foldedTo = log.first;
      this.#joinTicks = log.first < log.end ? log.ticks(log.first) : this.#market.lastTicks();
    }
    let minute = -1;
    let candle: MinuteCandle | undefined;
    for (let i = Math.max(this.#foldedTo, log.first); i < log.end; i++) {
      const ticks = log.ticks(i);
      const size = Math.abs(log.signedSize(i));
      const at = Math.floor(log.micros(i) / 60e6);
      if (at !== minute) {
        minute = at;
        candle = this.#minutes.get(at);
        if (!candle) {
          candle = { open: ticks, high: ticks, low: ticks, close: ticks, volume: 0, spilled: 0n };
          this.#minutes.set(at, candle);
        }
      }
      if (!candle) continue;
      if (ticks > candle.high) candle.high = ticks;
      if (ticks < candle.low) candle.low = ticks;
      candle.close = ticks;
      candle.volume += size;
      if (candle.volume > 2 ** 52) {
        candle.spilled += BigInt(candle.volume);
        candle.volume = 0;
      }
    }
    this.#foldedTo = log.end;
  }

  #day(start: number): SimulatedCandle | null {
    if (start + DAY > this.#market.options.historyMicros / 1e6) return this.#merge(start, DAY);
    const known = this.#days.get(start);
    if (known !== undefined) return known;
    const candle = this.#merge(start, DAY);
    this.#days.set(start, candle);
    return candle;
  }

  #merge(start: number, seconds: number): SimulatedCandle | null {
    const boundary = this.#market.options.historyMicros / 1e6;
    let merged: { open: number; high: number; low: number; close: number } | null = null;
    let volume = 0n;
    let old = 0;
    let table: MinuteTable | null = null;
    for (let at = start; at < start + seconds; at += 60) {
      if (at < boundary) {
        const minuteOfDay = Math.floor((at % DAY) / 60);
        if (!table || minuteOfDay === 0) table = this.#table(Math.floor(at / DAY));
        if (!table) continue;
        const size = table.volume[minuteOfDay] ?? 0;
        if (size === 0) continue;
        old += size;
        const close = table.close[minuteOfDay] ?? 0;
        merged ??= { open: table.open[minuteOfDay] ?? 0, high: 0, low: Infinity, close };
        merged.high = Math.max(merged.high, table.high[minuteOfDay] ?? 0);
        merged.low = Math.min(merged.low, table.low[minuteOfDay] ?? 0);
        merged.close = close;
        continue;
      }
      const minute = this.#minutes.get(at / 60);
      if (!minute) continue;
      volume += BigInt(minute.volume) + minute.spilled;
      merged ??= { open: minute.open, high: 0, low: Infinity, close: minute.close };
      merged.high = Math.max(merged.high, minute.high);
      merged.low = Math.min(merged.low, minute.low);
      merged.close = minute.close;
    }
    return merged && { start, ...merged, volume: volume + BigInt(old) };
  }

  #table(day: number): MinuteTable | null {
    const { options, profile } = this.#market;
    const startDay = Math.floor(options.startMicros / 1e6 / DAY);
    if (day < startDay - this.#historyDays || this.#historyDays === 0) return null;
    return this.#tables.get(
      `${profile.productId} ${day}`,
      () => this.#past.minutes(day, options.historyMicros / 1e6, this.#joinTicks),
    );
  }
}
