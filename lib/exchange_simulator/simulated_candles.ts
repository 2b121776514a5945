import type { Market } from "./market.ts";
import type { MinuteTable } from "./minute_table.ts";
import type { PastMinutes } from "./past_minutes.ts";

const DAY = 86_400;
/**
 * A sum of sizes in a double beyond this is moved to `spilled`, since one more could lose digits.
 */
const EXACT = 2 ** 52;

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
 * The exchange's own candles of one product, as its REST answers them: folded from the trades since
 * the start, before it the minutes that the past's trades are made to fit.
 */
export class SimulatedCandles {
  readonly #market: Market;
  readonly #past: PastMinutes;
  /** From trades since the start, by minute since the epoch. */
  readonly #minutes = new Map<number, MinuteCandle>();
  readonly #days = new Map<number, SimulatedCandle | null>();
  #foldedTo = 0;

  constructor(market: Market, past: PastMinutes) {
    this.#market = market;
    this.#past = past;
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
    let minute = -1;
    let candle: MinuteCandle | undefined;
    for (let i = this.#foldedTo; i < log.end; i++) {
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
      if (candle.volume > EXACT) {
        candle.spilled += BigInt(candle.volume);
        candle.volume = 0;
      }
    }
    this.#foldedTo = log.end;
  }

  /** Forgets what it made of the past, which was changed. */
  forgetPast(): void {
    this.#days.clear();
  }

  #day(start: number): SimulatedCandle | null {
    if (start + DAY > this.#market.options.startMicros / 1e6) return this.#merge(start, DAY);
    const known = this.#days.get(start);
    if (known !== undefined) return known;
    const candle = this.#merge(start, DAY);
    this.#days.set(start, candle);
    return candle;
  }

  #merge(start: number, seconds: number): SimulatedCandle | null {
    const pastEnd = this.#market.options.startMicros / 1e6;
    let merged: Omit<SimulatedCandle, "volume"> | null = null;
    let volume = 0n;
    let old = 0;
    let table: MinuteTable | null = null;
    for (let at = start; at < start + seconds; at += 60) {
      // The minute of the start has trades of both.
      if (at < pastEnd) {
        const i = Math.floor((at % DAY) / 60);
        if (i === 0 || at === start) table = this.#past.day(Math.floor(at / DAY));
        const size = table?.volume[i] ?? 0;
        if (table && size > 0) {
          old += size;
          if (old > EXACT) {
            volume += BigInt(old);
            old = 0;
          }
          merged = join(merged, {
            start,
            open: table.open[i] ?? 0,
            high: table.high[i] ?? 0,
            low: table.low[i] ?? 0,
            close: table.close[i] ?? 0,
          });
        }
      }
      const minute = this.#minutes.get(at / 60);
      if (!minute) continue;
      volume += BigInt(minute.volume) + minute.spilled;
      merged = join(merged, { ...minute, start });
    }
    if (!merged) return null;
    const { open, high, low, close } = merged;
    return { start, open, high, low, close, volume: volume + BigInt(old) };
  }
}

function join(
  earlier: Omit<SimulatedCandle, "volume"> | null,
  later: Omit<SimulatedCandle, "volume">,
): Omit<SimulatedCandle, "volume"> {
  if (!earlier) return later;
  return {
    start: earlier.start,
    open: earlier.open,
    high: Math.max(earlier.high, later.high),
    low: Math.min(earlier.low, later.low),
    close: later.close,
  };
}
