import process from "node:process";
import { Counter, Gauge, Histogram, type Registry } from "prom-client";

const LAG_SAMPLE_MS = 500;

/**
 * Adds what the process itself says: memory, processor time, start, and how late its event loop runs. The first
 * three carry the names that dashboards expect of every process. The sampler does not keep the process alive;
 * `close` stops it.
 */
export function addProcessMetrics(registry: Registry, prefix: string): { close(): void } {
  const registers = [registry];
  new Gauge({
    name: "process_resident_memory_bytes",
    help: "Resident memory of the process.",
    registers,
    collect() {
      this.set(Deno.memoryUsage().rss);
    },
  });
  new Gauge({
    name: `${prefix}heap_used_bytes`,
    help: "Memory that JavaScript values hold, as of the last collection and since.",
    registers,
    collect() {
      this.set(Deno.memoryUsage().heapUsed);
    },
  });
  new Gauge({
    name: "process_start_time_seconds",
    help: "When the process started, in seconds since the epoch.",
    registers,
  }).set(Math.round(performance.timeOrigin) / 1000);
  new Counter({
    name: "process_cpu_seconds_total",
    help: "Processor time that the process has used, user and system.",
    registers,
    collect() {
      const { user, system } = process.cpuUsage();
      this.reset();
      this.inc((user + system) / 1e6);
    },
  });
  return sampleLag(
    new Histogram({
      name: `${prefix}event_loop_lag_seconds`,
      help: `How late a timer fires, sampled every ${LAG_SAMPLE_MS} ms.`,
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1],
      registers,
    }),
  );
}

/** prom-client's own lag metrics are wrong under Deno, hence a timer that looks at its own lateness. */
function sampleLag(lag: Histogram): { close(): void } {
  let expectedMs = performance.now() + LAG_SAMPLE_MS;
  const timer = setInterval(() => {
    const nowMs = performance.now();
    lag.observe(Math.max(0, nowMs - expectedMs) / 1000);
    expectedMs = nowMs + LAG_SAMPLE_MS;
  }, LAG_SAMPLE_MS);
  Deno.unrefTimer(timer);
  return { close: () => clearInterval(timer) };
}
