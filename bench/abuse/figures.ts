import type { Comparison } from "../../tests/harness/truth_comparison.ts";
import type { Tally } from "./exchanges.ts";

/** What one attack did. */
export interface AttackFigures {
  readonly name: string;
  readonly description: string;
  readonly tookSeconds: number;
  /** The highest resident memory during the attack. */
  readonly residentMb: number;
  /** Milliseconds; unanswered ones count as ten seconds. */
  readonly healthP50: number;
  readonly healthP99: number;
  readonly answers: Tally;
  /** Whether the process was still running. */
  readonly survived: boolean;
  /** The machine's load at its end: other programs on it make latencies longer. */
  readonly load: number;
}

/** The figures of all attacks, and of the candles during them. */
export interface AbuseFigures {
  readonly limitMb: number;
  readonly means: string;
  readonly v8Flags: readonly string[];
  readonly attacks: readonly AttackFigures[];
  readonly exactness: Comparison;
}

const COLUMNS = ["attack", "s", "MB", "p50", "p99", "answered", "refused", "500", "none", "load"];

/** For people: a row an attack, then the verdict. */
export function abuseTable({ limitMb, means, v8Flags, attacks, exactness }: AbuseFigures): string {
  const rows = [COLUMNS, ...attacks.map(cells)];
  const widths = COLUMNS.map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  const { compared, wrong, missing, extra, inexact, uncovered } = exactness;
  return [
    `limit ${limitMb} MB (${means}); V8 ${v8Flags.join(" ") || "default flags"}`,
    ...rows.map((row) =>
      row.map((cell, at) =>
        at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)
      )
        .join("  ")
    ),
    `candles: ${compared} compared, ${wrong} wrong, ${missing} missing, ${extra} extra, ${inexact} not exact, ` +
    `${uncovered} products uncovered`,
  ].join("\n");
}

function cells(figures: AttackFigures): string[] {
  const { answered, refused, failed, unanswered } = figures.answers;
  return [
    figures.description,
    figures.tookSeconds.toFixed(0),
    figures.survived ? figures.residentMb.toFixed(0) : "killed",
    figures.healthP50.toFixed(0),
    figures.healthP99.toFixed(0),
    ...[answered, refused, failed, unanswered].map(String),
    figures.load.toFixed(1),
  ];
}
