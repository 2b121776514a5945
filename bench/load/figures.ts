import type { Comparison } from "../../tests/harness/truth_comparison.ts";

/** Shares of one core, by who took them. */
export interface CpuShares {
  readonly app: number;
  readonly exchange: number;
  readonly servers: number;
  readonly readers: number;
}

/** From an exchange's frame being sent to its candle's arrival at a stream's client, milliseconds. */
export interface EndToEnd {
  readonly events: number;
  readonly p50: number;
  readonly p99: number;
  readonly cpu: CpuShares;
}

/** The app under the usual load; memory in megabytes. */
export interface Steady {
  readonly seconds: number;
  readonly madePerSecond: number;
  readonly processedPerSecond: number;
  readonly liveUpdatesPerSecond: number;
  readonly cpu: CpuShares;
  /** At the end, and the most of it since the start. */
  readonly residentMb: number;
  readonly residentPeakMb: number;
  /** The lowest and the highest that was seen. */
  readonly heapMb: readonly [low: number, high: number];
}

/** One rate that was tried. */
export interface RateStep {
  readonly offeredPerSecond: number;
  readonly madePerSecond: number;
  readonly processedPerSecond: number;
  /** From a frame's sending to its merging, on average. */
  readonly lagMs: number;
  /** Connections or queues that lost trades, which are then fetched over REST. */
  readonly losses: number;
  readonly cpu: CpuShares;
  readonly sustained: boolean;
}

/** The end of a process that has streams open. */
export interface StopFigures {
  readonly streams: number;
  readonly tookMs: number;
  readonly code: number;
  /** Streams that were sent a time for reconnecting. */
  readonly retryTimes: number;
}

/** The rates that were tried. */
export interface Sustained {
  readonly steps: readonly RateStep[];
  /** The highest rate that the app kept up with, and what prevented a higher one. */
  readonly perSecond: number;
  readonly limit: string;
}

export interface LoadFigures {
  readonly products: number;
  readonly streams: number;
  readonly v8Flags: readonly string[];
  readonly steady: Steady;
  /** What was dropped at the usual rate, by stage and reason; it should be empty. */
  readonly dropped: Readonly<Record<string, number>>;
  readonly sustained: Sustained;
  readonly exactness: Comparison & { readonly tookSeconds: number };
  readonly stop: StopFigures;
  readonly endToEnd: EndToEnd;
}

type Row = readonly [name: string, text: string];

/** For people: what was measured, a row each. */
export function loadTable(figures: Partial<LoadFigures>): string {
  const { steady, dropped, sustained, exactness, stop, endToEnd } = figures;
  const rows: readonly Row[] = [
    ...rowsOf(steady, steadyRows),
    ...rowsOf(dropped, droppedRows),
    ...rowsOf(sustained, sustainedRows),
    ...rowsOf(exactness, exactnessRows),
    ...rowsOf(stop, stopRows),
    ...rowsOf(endToEnd, endToEndRows),
  ];
  return rows.map(([name, text]) => `${name.padEnd(22)}${text}`).join("\n");
}

function rowsOf<T>(figures: T | undefined, make: (figures: T) => readonly Row[]): readonly Row[] {
  return figures === undefined ? [] : make(figures);
}

function steadyRows(steady: Steady): readonly Row[] {
  return [
    [
      "trades/second",
      `${whole(steady.madePerSecond)} made, ${whole(steady.processedPerSecond)} processed`,
    ],
    ["live updates/second", whole(steady.liveUpdatesPerSecond)],
    ["cores", shares(steady.cpu)],
    [
      "resident memory",
      `${whole(steady.residentMb)} MB after ${whole(steady.seconds)} s, ` +
      `${whole(steady.residentPeakMb)} MB at most; heap ${steady.heapMb.map(whole).join("–")} MB`,
    ],
  ];
}

function droppedRows(dropped: LoadFigures["dropped"]): readonly Row[] {
  const drops = Object.entries(dropped).map(([what, count]) => `${count} ${what}`);
  return [["dropped", drops.length === 0 ? "nothing" : drops.join(", ")]];
}

function sustainedRows({ steps, perSecond, limit }: Sustained): readonly Row[] {
  return [
    ...steps.map(stepRow),
    ["sustained", `${whole(perSecond)} trades/second; limit: ${limit}`],
  ];
}

function exactnessRows(exactness: LoadFigures["exactness"]): readonly Row[] {
  const { compared, wrong, missing, extra, inexact, uncovered, tookSeconds } = exactness;
  return [[
    "candles",
    `${compared} compared: ${wrong} wrong, ${missing} missing, ${extra} extra, ${inexact} not ` +
    `exact, ${uncovered} products uncovered, after ${whole(tookSeconds)} s`,
  ]];
}

function stopRows(stop: StopFigures): readonly Row[] {
  return [[
    "SIGTERM to exit",
    `${whole(stop.tookMs)} ms; ${stop.retryTimes} of ${stop.streams} streams got a retry time`,
  ]];
}

function endToEndRows({ events, p50, p99, cpu }: EndToEnd): readonly Row[] {
  return [
    ["frame sent → event", `p50 ${tenths(p50)} ms, p99 ${tenths(p99)} ms, ${events} events`],
    ["cores during it", shares(cpu)],
  ];
}

function stepRow(step: RateStep): Row {
  const { offeredPerSecond, processedPerSecond, lagMs, losses, cpu, sustained } = step;
  const text = `${whole(processedPerSecond)} processed, ${tenths(lagMs)} ms behind; ${shares(cpu)}`;
  return [
    `at ${offeredPerSecond}/s`,
    sustained ? text : `${text}; not sustained, ${losses} losses`,
  ];
}

function shares({ app, exchange, servers, readers }: CpuShares): string {
  const [own, ...others] = [app, exchange, servers, readers].map((share) =>
    `${(share * 100).toFixed(0)} %`
  );
  return `app ${own}; exchange ${others[0]}, servers ${others[1]}, readers ${others[2]}`;
}

function whole(value: number): string {
  return value.toFixed(0);
}

function tenths(value: number): string {
  return value.toFixed(1);
}
