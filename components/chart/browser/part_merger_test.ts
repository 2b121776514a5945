import assert from "node:assert/strict";
import { decimal, formatDecimal } from "../../../lib/candles/decimal.ts";
import { epochSeconds } from "../../../lib/candles/granularity.ts";
import { parseMultiple } from "../../../lib/candles/multiple.ts";
import type { WireCandle } from "../../../lib/candles/wire.ts";
import { sampleCandle } from "../../../tests/sample_candles.ts";
import { PartMerger } from "./part_merger.ts";

const THREE = parseMultiple("3m");
const BEGIN = 1_704_567_600;

/** The nth minute: its close is its number, its volume 1. */
function minute(n: number, isComplete = true, close = n, revision = 0) {
  return sampleCandle({
    start: epochSeconds(BEGIN + 60 * n),
    open: decimal(`${n}`),
    high: decimal(`${n + 100}`),
    low: decimal("0.5"),
    close: decimal(`${close}`),
    volume: decimal("1"),
    firstTradeId: 10 * n + 1,
    lastTradeId: 10 * n + 10,
    isComplete,
    exact: isComplete,
    revision,
  });
}

function shown(candles: readonly WireCandle[] | null): readonly string[] | null {
  return candles?.map(({ start, open, close, volume, isComplete, exact, granularity }) =>
    `${granularity} ${(start - BEGIN) / 60}: ${formatDecimal(open)} to ${formatDecimal(close)} of ${
      formatDecimal(volume)
    } ${exact ? "exact" : isComplete ? "closed" : "live"}`
  ) ?? null;
}

Deno.test("part merger - a candle grows with its parts, and is over with the last of them", () => {
  assert.ok(THREE);
  const merger = new PartMerger(THREE, BEGIN, [minute(0)]);
  assert.deepEqual(shown(merger.take(minute(1, false))), ["THREE_MINUTE 0: 0 to 1 of 2 live"]);
  assert.deepEqual(shown(merger.take(minute(1))), ["THREE_MINUTE 0: 0 to 1 of 2 live"]);
  assert.deepEqual(shown(merger.take(minute(2, false))), ["THREE_MINUTE 0: 0 to 2 of 3 live"]);
  assert.deepEqual(shown(merger.take(minute(2))), ["THREE_MINUTE 0: 0 to 2 of 3 exact"]);
  assert.deepEqual(shown(merger.take(minute(3, false))), [
    "THREE_MINUTE 0: 0 to 2 of 3 exact",
    "THREE_MINUTE 3: 3 to 3 of 1 live",
  ]);
});

Deno.test("part merger - one without trades at its end is over with the first part of the next", () => {
  assert.ok(THREE);
  const merger = new PartMerger(THREE, BEGIN, [minute(0)]);
  assert.deepEqual(shown(merger.take(minute(4, false))), [
    "THREE_MINUTE 0: 0 to 0 of 1 closed",
    "THREE_MINUTE 3: 4 to 4 of 1 live",
  ]);
});

Deno.test("part merger - a part that is revised changes its candle, a lower state nothing", () => {
  assert.ok(THREE);
  const merger = new PartMerger(THREE, BEGIN, [minute(0), minute(1), minute(2)]);
  assert.deepEqual(merger.take(minute(1, false)), []);
  assert.deepEqual(shown(merger.take(minute(2, true, 7, 1))), [
    "THREE_MINUTE 0: 0 to 7 of 3 exact",
  ]);
});

Deno.test("part merger - what lies before all that it knows has to be read from history", () => {
  assert.ok(THREE);
  const merger = new PartMerger(THREE, BEGIN + 180, []);
  assert.equal(merger.take(minute(1)), null);
  for (let n = 3; n < 40; n++) merger.take(minute(n));
  assert.equal(merger.take(minute(4, true, 9, 3)), null, "it keeps two candles' parts");
  assert.notEqual(merger.take(minute(37, true, 9, 3)), null);
});
