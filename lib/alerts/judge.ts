import type { Granularity } from "../candles/granularity.ts";
import { rsiOfCloses } from "../indicators/rsi.ts";
import type { Alert, AlertCondition, LinePoint } from "./alert.ts";
import type { AlertCandle } from "./candle.ts";

/**
 * How far an alert has been judged: the newest candle that it has seen, in its state at that time,
 * and the side of its condition after that. It is kept beside the alert, so that the next tab that
 * judges, or this one after an outage, begins exactly there.
 */
export interface AlertProgress {
  /** The start of the newest candle, epoch seconds. */
  readonly start: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  readonly isComplete: boolean;
  /** Above the value, the line or the level; or, of a change, within the condition. Null while that is not known. */
  readonly side: boolean | null;
  /** The start of the candle that it last fired in; null if in none. */
  readonly fired: number | null;
}

/** What judging one more state of a candle gives. */
export interface Judgement {
  readonly progress: AlertProgress;
  /** The value at which it happened; null if it did not. */
  readonly at: number | null;
}

/** What the condition knows of the past: closed candles before the judged one, ascending. */
export type Past = readonly AlertCandle[];

/** Which candles an alert is judged by. */
export function granularityOf({ condition }: Alert): Granularity {
  return condition.kind === "rsi" ? condition.granularity : "ONE_MINUTE";
}

/** The number of closed candles before the judged one that a condition reads. */
export function pastLength(condition: AlertCondition): number {
  switch (condition.kind) {
    case "price":
    case "line":
      return 0;
    case "change":
    case "volume":
      // Minutes without a trade have no candle, so some more are read.
      return condition.minutes + 30;
    case "rsi":
      // Older values decay slowly in Wilder's average: after ten periods they weigh less than a
      // thousandth.
      return Math.min(condition.period * 10, 900);
  }
}

/**
 * Judges one more state of a candle; null if it brings nothing new. Each price that was reached since the last state
 * counts, as far as its extremes show it: one that came and went between two states is seen, and the same extreme is
 * never seen twice. The first state of all is where an alert begins; nothing happens in it.
 */
export function judge(
  condition: AlertCondition,
  progress: AlertProgress | null,
  candle: AlertCandle,
  past: Past,
): Judgement | null {
  if (progress !== null && isOld(progress, candle)) return null;
  if (condition.kind === "rsi" && !candle.is_complete) return null;
  const points = progress === null ? [candle.close] : reached(progress, candle);
  const { side, at } = happened(condition, progress, candle, past, points);
  return {
    at,
    progress: {
      start: candle.timestamp,
      high: candle.high,
      low: candle.low,
      close: candle.close,
      volume: candle.volume,
      isComplete: candle.is_complete,
      side,
      fired: at === null ? progress?.fired ?? null : candle.timestamp,
    },
  };
}

function isOld(progress: AlertProgress, candle: AlertCandle): boolean {
  if (candle.timestamp !== progress.start) return candle.timestamp < progress.start;
  // A closed candle's revisions change what is known of it, and not what has happened since.
  if (progress.isComplete) return true;
  return !candle.is_complete && candle.close === progress.close && candle.high === progress.high &&
    candle.low === progress.low && candle.volume === progress.volume;
}

/** The prices that were reached since the last state; the last of them is the present one. */
function reached(progress: AlertProgress, candle: AlertCandle): readonly number[] {
  const { open, high, low, close } = candle;
  if (candle.timestamp !== progress.start) return [open, high, low, close];
  const points: number[] = [];
  if (high > progress.high) points.push(high);
  if (low < progress.low) points.push(low);
  points.push(close);
  return points;
}

interface Happened {
  readonly side: boolean | null;
  readonly at: number | null;
}

function happened(
  condition: AlertCondition,
  progress: AlertProgress | null,
  candle: AlertCandle,
  past: Past,
  points: readonly number[],
): Happened {
  switch (condition.kind) {
    case "price":
      return crossing(progress, points, condition.value);
    case "line": {
      const value = lineAt(condition, candle.timestamp);
      if (value === null) return { side: null, at: null };
      return crossing(progress, points, value);
    }
    case "change": {
      const before = priceBefore(past, candle.timestamp - condition.minutes * 60);
      if (before === null) return { side: null, at: null };
      const isFar = (price: number) =>
        Math.abs(price / before - 1) * 100 >= condition.percent - 1e-9;
      const found = points.find(isFar);
      const isNew = progress !== null && progress.side === false && found !== undefined;
      return { side: isFar(candle.close), at: isNew ? found : null };
    }
    case "volume": {
      const average = averageVolume(past, candle.timestamp, condition.minutes);
      const isMuch = average !== null && candle.volume > condition.times * average;
      const isNew = isMuch && progress !== null && progress.fired !== candle.timestamp;
      return { side: null, at: isNew ? candle.volume : null };
    }
    case "rsi": {
      const closes = [...past.map(({ close }) => close), candle.close];
      const value = rsiOfCloses(closes, condition.period).at(-1) ?? null;
      if (value === null) return { side: null, at: null };
      return crossing(progress, [value], condition.level);
    }
  }
}

/** Whether the first of the points on the other side is one that was crossed to. */
function crossing(
  progress: AlertProgress | null,
  points: readonly number[],
  value: number,
): Happened {
  const isAbove = (point: number) => point >= value;
  const before = progress?.side ?? null;
  const found = before === null ? undefined : points.find((point) => isAbove(point) !== before);
  const side = isAbove(points.at(-1) ?? value);
  return { side, at: found ?? null };
}

/** A line's price at a time; null before it begins. */
function lineAt({ from, to }: { from: LinePoint; to: LinePoint }, time: number) {
  if (time < from.time) return null;
  return from.price + (to.price - from.price) * (time - from.time) / (to.time - from.time);
}

/** The price at the end of the newest candle that begins no later than `time` less a minute; null if none is known. */
function priceBefore(past: Past, time: number): number | null {
  return past.findLast(({ timestamp }) => timestamp < time)?.close ??
    past.find(({ timestamp }) => timestamp === time)?.open ?? null;
}

/** The mean volume of the minutes before one; those without a trade count as none. Null if not as many are known. */
function averageVolume(past: Past, start: number, minutes: number): number | null {
  const from = start - minutes * 60;
  if ((past[0]?.timestamp ?? Infinity) > from) return null;
  const within = past.filter(({ timestamp }) => timestamp >= from && timestamp < start);
  const sum = within.reduce((all, { volume }) => all + volume, 0);
  return sum > 0 ? sum / minutes : null;
}
