export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

// Colours and other terminal sequences.
// deno-lint-ignore no-control-regex
const ESCAPES = /\x1b\[[0-9;]*[A-Za-z]/g;
/** Lines shown of a failed run without a list of failures. */
const LAST_LINES = 40;
const SUMMARY =
  /^(?:ok|FAILED) \| (\d+) passed(?: \([^)]*\))? \| (\d+) failed(?: \([^)]*\))?(?: \| (\d+) ignored)?/gm;

/**
 * Reads what `deno test` printed: its last summary. A run that failed without counting a failure, or before it could
 * count, has one failure, so that it never looks like a success.
 */
export function readCounts(output: string, exitCode: number): TestCounts {
  const [, passed = "0", failed = "0", skipped = "0"] =
    [...output.replace(ESCAPES, "").matchAll(SUMMARY)].at(-1) ?? [];
  return {
    passed: Number(passed),
    failed: exitCode === 0 ? Number(failed) : Math.max(1, Number(failed)),
    skipped: Number(skipped),
  };
}

/**
 * The failures in the output of `deno test`: errors with their stacks, and the tests' names. For a failed run without
 * them, its last lines. Null if none failed.
 */
export function readFailures(output: string, exitCode: number): string | null {
  if (exitCode === 0) return null;
  const plain = output.replace(ESCAPES, "");
  const start = plain.lastIndexOf("\n ERRORS ");
  if (start < 0) return plain.trimEnd().split("\n").slice(-LAST_LINES).join("\n");
  const end = plain.indexOf("\nFAILED | ", start);
  return plain.slice(start, end < 0 ? undefined : end).trim();
}

export function addCounts(a: TestCounts, b: TestCounts): TestCounts {
  return {
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    skipped: a.skipped + b.skipped,
  };
}

/** The line that ends a run's log and that CI reads: `12 passed, 0 failed`. */
export function summaryLine({ passed, failed, skipped }: TestCounts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}
