import type { Comparison } from "../../tests/harness/truth_comparison.ts";
import type { RequestCounts } from "./request_log.ts";
import type { Wholeness } from "./live_candles.ts";

/** When something was reached: the exchange's seconds since the feed came, and pages requested until then. */
export interface Reached {
  readonly seconds: number;
  readonly pages: number;
}

/** What one start took. Seconds are the exchange's, from the moment the feed came. */
export interface PhaseFigures {
  readonly name: string;
  /** Without a feed before; 0 at a first start. */
  readonly awaySeconds: number;
  /** The fewest pages that bring what the feed's snapshots do not. */
  readonly fewestPages: number;
  readonly requests: RequestCounts;
  /** By granularity: until every candle that was live when the feed came was whole; null: not within the timeout. */
  readonly wholeAfter: Readonly<Record<string, Reached | null>>;
  /** How many were whole in the end. */
  readonly whole: Readonly<Record<string, Wholeness>>;
  /** Until every minute of the absence, or a first start's own, was stored exact; null: not within the timeout. */
  readonly minutesAfter: Reached | null;
  /** Until the last of those minutes was over, before which nothing can prove it. */
  readonly minutesEnd: number;
  /** Until all of that; of a first start, until its live candles were whole. */
  readonly seconds: number | null;
  readonly timeoutSeconds: number;
}

/** How the day before was proven. */
export interface PastFigures {
  readonly minutes: number;
  readonly exact: number;
  /** Those of the first start among them, after which the past comes. */
  readonly fewestPages: number;
  readonly fewestPast: number;
  readonly requests: RequestCounts;
  readonly seconds: number | null;
  readonly timeoutSeconds: number;
}

export interface RepairFigures {
  readonly products: number;
  readonly tradesPerSecond: number;
  readonly requestsPerSecond: number;
  readonly speed: number;
  readonly phases: readonly PhaseFigures[];
  readonly past: PastFigures | null;
  readonly exactness: Comparison;
}

type Row = readonly [name: string, text: string];

/** For people. A floor is the fewest pages, and the time they take at the rate allowed. */
export function repairTable(figures: RepairFigures): string {
  const { products, requestsPerSecond, past, exactness } = figures;
  const rows: Row[] = figures.phases.flatMap((phase) => [
    [phase.name, pagesText(phase.requests, phase.fewestPages, products)],
    ["", timeText(phase.seconds, phase.timeoutSeconds, phase.fewestPages / requestsPerSecond)],
    ["", `live candles whole: ${wholeText(phase)}`],
    ...minutesRow(phase),
  ]);
  if (past !== null) {
    const { past: pages } = past.requests;
    rows.splice(4, 0, [
      "the day before",
      `${past.exact} of ${past.minutes} minutes exact; ${pages} pages, ` +
      `${ratio(pages, past.fewestPast)} the floor of ${past.fewestPast}`,
    ], ["", timeText(past.seconds, past.timeoutSeconds, past.fewestPages / requestsPerSecond)]);
  }
  rows.push([
    "candles",
    `${exactness.compared} compared: ${exactness.wrong} wrong, ${exactness.missing} missing, ` +
    `${exactness.extra} extra, ${exactness.inexact} not exact`,
  ]);
  return rows.map(([name, text]) => `${name.padEnd(20)}${text}`).join("\n");
}

function pagesText(requests: RequestCounts, fewest: number, products: number): string {
  const { pages, ends, nothingNew, candles, compared } = requests;
  return `${pages} pages, ${(pages / products).toFixed(2)} a product, ${
    ratio(pages, fewest)
  } the ` +
    `floor of ${fewest}; ${ends} for ends, ${nothingNew} others brought nothing new; ` +
    `${candles} requests for candles, ${compared} to compare them`;
}

function timeText(seconds: number | null, timeout: number, floor: number): string {
  const text = `the floor of ${floor.toFixed(0)} s`;
  if (seconds === null) return `not exact after ${timeout.toFixed(0)} s, ${text}`;
  return `exact after ${seconds.toFixed(0)} s, ${ratio(seconds, floor)} ${text}`;
}

function wholeText({ wholeAfter, whole }: PhaseFigures): string {
  return Object.entries(wholeAfter).map(([granularity, reached]) => {
    const count = whole[granularity];
    return `${granularity} ${reached === null ? `${count?.whole} of ${count?.of}` : text(reached)}`;
  }).join(", ");
}

function minutesRow({ awaySeconds, minutesAfter, minutesEnd }: PhaseFigures): Row[] {
  const exact = minutesAfter === null ? "not all exact" : `exact after ${text(minutesAfter)}, ` +
    `${(minutesAfter.seconds - minutesEnd).toFixed(0)} s after the last of them ended`;
  const away = awaySeconds === 0 ? "" : `; away for ${awaySeconds.toFixed(0)} s`;
  return [["", `its minutes: ${exact}${away}`]];
}

function text({ seconds, pages }: Reached): string {
  return `${seconds.toFixed(0)} s (${pages} pages)`;
}

function ratio(value: number, floor: number): string {
  return floor > 0 ? `${(value / floor).toFixed(2)} ×` : "over";
}
