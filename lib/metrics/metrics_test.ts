import assert from "node:assert/strict";
import { createMetrics, type Metrics } from "./metrics.ts";

/** The exposition's samples by series, `name{labels}` to value. */
async function samplesOf(metrics: Metrics): Promise<Map<string, number>> {
  const lines = (await metrics.text()).split("\n").filter((line) => /^[a-z]/.test(line));
  return new Map(lines.map((line) => {
    const at = line.lastIndexOf(" ");
    return [line.slice(0, at), Number(line.slice(at + 1))];
  }));
}

async function withMetrics(work: (metrics: Metrics) => Promise<void>): Promise<void> {
  const metrics = createMetrics();
  try {
    await work(metrics);
  } finally {
    metrics.close();
  }
}

Deno.test("metrics - the exposition has what was counted", () =>
  withMetrics(async (metrics) => {
    metrics.tradesReceived.inc(20);
    metrics.dropped.inc({ stage: "feed", reason: "bad_price" }, 2);
    metrics.gapsOpen.set(3);
    metrics.storeBatchRows.observe(1000);
    const samples = await samplesOf(metrics);
    assert.equal(samples.get("spot_canvas_trades_received_total"), 20);
    assert.equal(samples.get('spot_canvas_dropped_total{stage="feed",reason="bad_price"}'), 2);
    assert.equal(samples.get("spot_canvas_gaps_open"), 3);
    assert.equal(samples.get('spot_canvas_store_batch_rows_bucket{le="500"}'), 0);
    assert.equal(samples.get('spot_canvas_store_batch_rows_bucket{le="1000"}'), 1);
  }));

Deno.test("metrics - what pages read is the sum over a metric's labels", () =>
  withMetrics(async (metrics) => {
    metrics.candlesClosed.inc({ granularity: "ONE_MINUTE" }, 3);
    metrics.candlesClosed.inc({ granularity: "ONE_DAY" }, 4);
    metrics.dropped.inc({ stage: "feed", reason: "bad_price" }, 2);
    metrics.batchWritten(1000, 0.1);
    metrics.batchWritten(24, 0.1);
    const counts = await metrics.counts();
    assert.equal(counts.closedCandles, 7);
    assert.equal(counts.dropped, 2);
    assert.equal(counts.writtenCandles, 1024);
    assert.equal(counts.trades, 0);
    assert.ok(counts.cpuSeconds > 0);
  }));

Deno.test("metrics - two sets of metrics share nothing", () =>
  withMetrics((first) =>
    withMetrics(async (second) => {
      first.tradesReceived.inc();
      assert.equal((await samplesOf(second)).get("spot_canvas_trades_received_total"), 0);
    })
  ));

Deno.test("metrics - every series has our prefix or is one that every process has, and counters end in total", () =>
  withMetrics(async (metrics) => {
    const types = (await metrics.text()).matchAll(/^# TYPE (\S+) (\S+)$/gm);
    let seen = 0;
    for (const [, name = "", type] of types) {
      seen++;
      assert.match(name, /^(spot_canvas|process)_[a-z_]+$/);
      assert.equal(name.endsWith("_total"), type === "counter", name);
    }
    assert.ok(seen > 20, `only ${seen} metrics`);
  }));

Deno.test("metrics - the process reports its memory, processor time and start", () =>
  withMetrics(async (metrics) => {
    const samples = await samplesOf(metrics);
    const rss = samples.get("process_resident_memory_bytes") ?? 0;
    assert.ok(rss > 10e6 && rss < 10e9, `${rss} bytes`);
    const startSeconds = samples.get("process_start_time_seconds") ?? 0;
    assert.ok(startSeconds <= Date.now() / 1000 && startSeconds > Date.now() / 1000 - 86400);
    const again = await samplesOf(metrics);
    const cpu = (from: Map<string, number>) => from.get("process_cpu_seconds_total") ?? NaN;
    assert.ok(cpu(samples) > 0 && cpu(again) >= cpu(samples), "processor time only grows");
  }));

Deno.test("metrics - a blocked event loop shows as lag", () =>
  withMetrics(async (metrics) => {
    const until = performance.now() + 700;
    while (performance.now() < until);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const samples = await samplesOf(metrics);
    const lag = samples.get("spot_canvas_event_loop_lag_seconds_sum") ?? 0;
    assert.ok(lag >= 0.1, `${lag} s of lag`);
  }));
