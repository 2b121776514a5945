import process from "node:process";
import { backgroundClock, type Clock, every } from "../time/clock.ts";
import { Counter, Gauge, Histogram, type Registry } from "prom-client";

const LAG_SAMPLE_MS = 500;

/** The process's figures, as values. */
export interface ProcessFigures {
  /** The event loop's lag: the number of samples and their sum. */
  readonly lag: { readonly samples: number; readonly seconds: number };
  memoryBytes(): number;
  cpuSeconds(): number;
  /** Stops sampling. */
  close(): void;
}

/**
 * Adds metrics of the process: memory, processor time, start, and its event loop's lag. The first three have the names
 * that dashboards expect of every process. The sampler does not keep the process alive; `close` stops it.
 */
export function addProcessMetrics(
  registry: Registry,
  prefix: string,
  clock: Clock = backgroundClock,
): ProcessFigures {
  const registers = [registry];
  new Gauge({
    name: "process_resident_memory_bytes",
    help: "Resident memory of the process.",
    registers,
    collect() {
      this.set(memoryBytes());
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
      this.reset();
      this.inc(cpuSeconds());
    },
  });
  const sampler = sampleLag(
    clock,
    new Histogram({
      name: `${prefix}event_loop_lag_seconds`,
      help: `How late a timer fires, sampled every ${LAG_SAMPLE_MS} ms.`,
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1],
      registers,
    }),
  );
  return { memoryBytes, cpuSeconds, ...sampler };
}

function memoryBytes(): number {
  return Deno.memoryUsage().rss;
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** prom-client's own lag metrics are wrong under Deno, so a timer measures its own lateness. */
function sampleLag(clock: Clock, histogram: Histogram): Pick<ProcessFigures, "lag" | "close"> {
  const lag = { samples: 0, seconds: 0 };
  let expectedMs = clock.now() + LAG_SAMPLE_MS;
  const close = every(clock, LAG_SAMPLE_MS, () => {
    const nowMs = clock.now();
    const seconds = Math.max(0, nowMs - expectedMs) / 1000;
    histogram.observe(seconds);
    lag.samples++;
    lag.seconds += seconds;
    expectedMs = nowMs + LAG_SAMPLE_MS;
  });
  return { lag, close };
}
