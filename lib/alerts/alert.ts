import { type Granularity, isGranularity } from "../candles/granularity.ts";
import { parseProductId } from "../candles/product.ts";

/** A point of a drawn line: epoch seconds and a price. */
export interface LinePoint {
  readonly time: number;
  readonly price: number;
}

/** What has to happen. Prices in the product's quote currency. */
export type AlertCondition =
  | { readonly kind: "price"; readonly value: number }
  /** The price crosses a straight line through two points, from the first of them on and beyond the second. */
  | { readonly kind: "line"; readonly from: LinePoint; readonly to: LinePoint }
  /** The price is at least `percent` away from what it was `minutes` ago. */
  | { readonly kind: "change"; readonly percent: number; readonly minutes: number }
  /** A minute's volume is above `times` the average of the `minutes` before it. */
  | { readonly kind: "volume"; readonly times: number; readonly minutes: number }
  /** The relative strength index of closed candles crosses `level`. */
  | {
    readonly kind: "rsi";
    readonly level: number;
    readonly period: number;
    readonly granularity: Granularity;
  };

/** One alert as a browser keeps it. */
export interface Alert {
  readonly id: string;
  readonly product: string;
  readonly condition: AlertCondition;
  /** Whether it fires every time; otherwise it fires once and is then off. */
  readonly repeats: boolean;
  readonly sound: boolean;
  readonly isOn: boolean;
}

/** As many as a browser keeps. */
export const MAX_ALERTS = 100;

/** The least and the most of each number that a person may give. */
export const BOUNDS = {
  value: { min: 1e-12, max: 1e12 },
  percent: { min: 0.01, max: 1000 },
  changeMinutes: { min: 1, max: 240 },
  times: { min: 1, max: 1000 },
  volumeMinutes: { min: 2, max: 240 },
  level: { min: 1, max: 99 },
  period: { min: 2, max: 100 },
  time: { min: 0, max: 1e11 },
} as const;

/** Reads a stored value: null if it is not an alert. */
export function readAlert(kept: unknown): Alert | null {
  if (!isRecord(kept)) return null;
  const { id, repeats, sound, isOn } = kept;
  const product = parseProductId(kept.product);
  const condition = readCondition(kept.condition);
  if (typeof id !== "string" || !/^[\w-]{1,64}$/.test(id)) return null;
  if (product === null || condition === null) return null;
  return {
    id,
    product,
    condition,
    repeats: repeats === true,
    sound: sound === true,
    isOn: isOn !== false,
  };
}

/** Reads a stored condition and puts the earlier point of a line first: null if it is not a valid one. */
export function readCondition(kept: unknown): AlertCondition | null {
  if (!isRecord(kept)) return null;
  switch (kept.kind) {
    case "price":
      return isWithin(kept.value, "value") ? { kind: "price", value: kept.value } : null;
    case "line": {
      const from = readPoint(kept.from);
      const to = readPoint(kept.to);
      if (from === null || to === null || from.time === to.time) return null;
      return from.time < to.time
        ? { kind: "line", from, to }
        : { kind: "line", from: to, to: from };
    }
    case "change": {
      const { percent, minutes } = kept;
      if (!isWithin(percent, "percent") || !isWhole(minutes, "changeMinutes")) return null;
      return { kind: "change", percent, minutes };
    }
    case "volume": {
      const { times, minutes } = kept;
      if (!isWithin(times, "times") || !isWhole(minutes, "volumeMinutes")) return null;
      return { kind: "volume", times, minutes };
    }
    case "rsi": {
      const { level, period, granularity } = kept;
      if (!isWithin(level, "level") || !isWhole(period, "period")) return null;
      if (!isGranularity(granularity)) return null;
      return { kind: "rsi", level, period, granularity };
    }
    default:
      return null;
  }
}

function readPoint(kept: unknown): LinePoint | null {
  if (!isRecord(kept)) return null;
  const { time, price } = kept;
  return isWithin(time, "time") && isWithin(price, "value") ? { time, price } : null;
}

function isWithin(value: unknown, bound: keyof typeof BOUNDS): value is number {
  return typeof value === "number" && value >= BOUNDS[bound].min && value <= BOUNDS[bound].max;
}

function isWhole(value: unknown, bound: keyof typeof BOUNDS): value is number {
  return isWithin(value, bound) && Number.isInteger(value);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
