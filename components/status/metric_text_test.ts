import assert from "node:assert/strict";
import { readMetrics } from "./metric_text.ts";

Deno.test("a metric is the sum over its labels, and buckets count for nothing", () => {
  const text = [
    "# HELP candles_total Candles.",
    "# TYPE candles_total counter",
    'candles_total{granularity="ONE_MINUTE"} 3',
    'candles_total{granularity="ONE_DAY"} 4',
    'lag_seconds_bucket{le="1"} 9',
    "lag_seconds_sum 1.5e-3",
    "gaps_open 0",
    "",
  ].join("\n");
  assert.deepEqual([...readMetrics(text)], [
    ["candles_total", 7],
    ["lag_seconds_sum", 0.0015],
    ["gaps_open", 0],
  ]);
});
