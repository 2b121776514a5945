import type { Comparison } from "../tests/harness/truth_comparison.ts";

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
  readonly cpu: CpuShares;
  readonly sustained: boolean;
}

/** The end of a process that has streams open. */
export interface StopFigures {
  readonly streams: number;
  readonly tookMs: number;
  readonly code: number;
  /** Streams that were told when to come back. */
  readonly told: number;
}

export interface LoadFigures {
  readonly products: number;
  readonly streams: number;
  readonly v8Flags: readonly string[];
  readonly endToEnd: EndToEnd;
  readonly steady: Steady;
  readonly steps: readonly RateStep[];
  readonly limit: string;
  /** What was dropped, by stage and reason; empty is what is wanted. */
  readonly dropped: Readonly<Record<string, number>>;
  readonly exactness: Comparison & { readonly tookSeconds: number };
  readonly stop: StopFigures;
}

/** For people. */
export function loadTable(figures: LoadFigures): string {
  const { endToEnd, steady, steps, limit, dropped, exactness, stop } = figures;
  const drops = Object.entries(dropped).map(([what, count]) => `${count} (${what})`);
  const { compared, wrong, missing, extra, inexact, uncovered } = exactness;
  const lines: [string, string][] = [
    [
      "frame sent → event, p50 / p99",
      `${ms(endToEnd.p50)} / ${ms(endToEnd.p99)} ms of ${endToEnd.events} events`,
    ],
    ["  cpu", shares(endToEnd.cpu)],
    [
      "trades/second made, processed",
      `${whole(steady.madePerSecond)}, ${whole(steady.processedPerSecond)}`,
    ],
    ["live updates/second", whole(steady.liveUpdatesPerSecond)],
    ["  cpu", shares(steady.cpu)],
    [
      `resident after ${whole(steady.seconds)} s, at most`,
      `${whole(steady.residentMb)}, ${whole(steady.residentPeakMb)} MB`,
    ],
    ["heap, lowest, highest", `${whole(steady.heapMb[0])}, ${whole(steady.heapMb[1])} MB`],
    ...steps.map((step): [string, string] => [
      `at ${whole(step.offeredPerSecond)} trades/second`,
      `${whole(step.processedPerSecond)} processed, ${ms(step.lagMs)} ms behind; ${
        shares(step.cpu)
      }${step.sustained ? "" : ": not sustained"}`,
    ]),
    ["what limits", limit],
    ["dropped", drops.length === 0 ? "nothing" : drops.join(", ")],
    [
      "candles compared with the trades",
      `${compared}: ${wrong} wrong, ${missing} missing, ${extra} extra, ${inexact} not exact, ` +
      `${uncovered} products uncovered (after ${whole(exactness.tookSeconds)} s)`,
    ],
    [
      "SIGTERM to exit",
      `${whole(stop.tookMs)} ms with ${stop.streams} streams, ${stop.told} told when to come back`,
    ],
  ];
  return lines.map(([name, text]) => `${name.padEnd(34)}${text}`).join("\n");
}

function shares({ app, exchange, servers, readers }: CpuShares): string {
  const percent = (share: number) => `${(share * 100).toFixed(0)} %`;
  return `app ${percent(app)} of its core; of the other: exchange ${percent(exchange)}, servers ${
    percent(servers)
  }, readers ${percent(readers)}`;
}

function whole(value: number): string {
  return value.toFixed(0);
}

function ms(value: number): string {
  return value.toFixed(1);
}
