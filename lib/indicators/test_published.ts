import assert from "node:assert/strict";
import type { Line } from "./sheet.ts";

/** For tests: a line has published values from where it begins, as near as the published inputs' digits allow. */
export function assertPublished(line: Line, published: readonly number[], tolerance: number): void {
  const values = line.filter((value) => value !== null);
  assert.equal(values.length, published.length);
  values.forEach((value, index) => {
    const wanted = published[index] ?? NaN;
    assert.ok(Math.abs(value - wanted) <= tolerance, `${value} at ${index} is not ${wanted}`);
  });
}
