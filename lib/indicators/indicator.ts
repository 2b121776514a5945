/** An indicator with its settings. Periods count candles. */
export type Indicator =
  | { readonly kind: "sma" | "ema" | "rsi"; readonly period: number }
  | { readonly kind: "bb"; readonly period: number; readonly deviations: number }
  | { readonly kind: "vwap" }
  | {
    readonly kind: "macd";
    readonly fast: number;
    readonly slow: number;
    readonly signal: number;
  };

/** What every kind has to say of itself. */
interface IndicatorKind {
  /** In the order in which they are written: `ema:21`, `bb:20:2`, `vwap`, `macd:12:26:9`. */
  readonly usualSettings: readonly number[];
  /** Over the prices, or in a pane below with a scale of its own. */
  readonly drawn: "over prices" | "below";
}

const KINDS: Readonly<Record<Indicator["kind"], IndicatorKind>> = {
  sma: { usualSettings: [20], drawn: "over prices" },
  ema: { usualSettings: [21], drawn: "over prices" },
  bb: { usualSettings: [20, 2], drawn: "over prices" },
  vwap: { usualSettings: [], drawn: "over prices" },
  rsi: { usualSettings: [14], drawn: "below" },
  macd: { usualSettings: [12, 26, 9], drawn: "below" },
};

export const INDICATOR_KINDS: readonly Indicator["kind"][] = [
  "sma",
  "ema",
  "bb",
  "vwap",
  "rsi",
  "macd",
];

/** More lines than this cannot be told apart. */
const MAX_INDICATORS = 8;
const LONGEST_PERIOD = 500;

/**
 * Reads a list of indicators as addresses and attributes have it: `ema:21,rsi`. What is left out of one is
 * the usual setting; what is none is left out, and so is what comes twice.
 */
export function parseIndicators(text: string | null): readonly Indicator[] {
  const found = new Map<string, Indicator>();
  for (const part of (text ?? "").toLowerCase().split(",")) {
    const indicator = parseIndicator(part.trim());
    if (indicator !== null && found.size < MAX_INDICATORS) {
      found.set(writeIndicator(indicator), indicator);
    }
  }
  return [...found.values()];
}

/** Writes a list as `parseIndicators` reads it. */
export function writeIndicators(indicators: readonly Indicator[]): string {
  return indicators.map(writeIndicator).join(",");
}

/** One indicator with all its settings: also its name in texts that programs compare. */
export function writeIndicator(indicator: Indicator): string {
  return [indicator.kind, ...settings(indicator)].join(":");
}

/** How people know it: `EMA 21`, `Bollinger 20, 2`. */
export function indicatorTitle(indicator: Indicator): string {
  const name = indicator.kind === "bb" ? "Bollinger" : indicator.kind.toUpperCase();
  const numbers = settings(indicator).join(", ");
  return numbers === "" ? name : `${name} ${numbers}`;
}

/** Whether it is drawn over the prices; the others have a scale, and so a pane, of their own. */
export function isOverlay({ kind }: Indicator): boolean {
  return KINDS[kind].drawn === "over prices";
}

/** An indicator with its usual settings. */
export function usualIndicator(kind: Indicator["kind"]): Indicator {
  return build(kind, KINDS[kind].usualSettings);
}

function parseIndicator(text: string): Indicator | null {
  const [name, ...given] = text.split(":");
  const kind = INDICATOR_KINDS.find((one) => one === name);
  if (kind === undefined || given.length > KINDS[kind].usualSettings.length) return null;
  const numbers = KINDS[kind].usualSettings.map((usual, index) => {
    const wish = given[index];
    return wish === undefined || wish === "" ? usual : Number(wish);
  });
  const [first = 2, second] = numbers;
  const isPeriod = (value: number) =>
    Number.isInteger(value) && value >= 2 && value <= LONGEST_PERIOD;
  if (kind === "bb") {
    const isWidth = second !== undefined && second > 0 && second <= 10;
    return isPeriod(first) && isWidth ? build(kind, numbers) : null;
  }
  if (!numbers.every(isPeriod) || kind === "macd" && first >= (second ?? 0)) return null;
  return build(kind, numbers);
}

function build(kind: Indicator["kind"], [first = 0, second = 0, third = 0]: readonly number[]) {
  switch (kind) {
    case "vwap":
      return { kind };
    case "bb":
      return { kind, period: first, deviations: second };
    case "macd":
      return { kind, fast: first, slow: second, signal: third };
    default:
      return { kind, period: first };
  }
}

function settings(indicator: Indicator): readonly number[] {
  switch (indicator.kind) {
    case "vwap":
      return [];
    case "bb":
      return [indicator.period, indicator.deviations];
    case "macd":
      return [indicator.fast, indicator.slow, indicator.signal];
    default:
      return [indicator.period];
  }
}
