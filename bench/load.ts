/**
 * The whole of Spot Canvas under load: `deno run -A bench/load.ts [--json] [--products=500] [--rate=2000]
 * [--streams=1000] [--seconds=60] [--no-steps]`. The simulated exchange, PostgreSQL and NATS are real processes, the app
 * is one that has a core for itself (which needs `taskset`); all others and the streams' readers share the second core.
 * `seconds` is how long memory is watched; `V8_FLAGS` replaces the flags that the app is started with. Takes about
 * five minutes.
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { v8Flags } from "../tasks/v8_flags.ts";
import { isPerfect } from "../tests/harness/truth_comparison.ts";
import { pause } from "../tests/harness/wait.ts";
import { AppMetrics } from "./app_metrics.ts";
import { type Arrival, ChartStreams } from "./chart_streams.ts";
import {
  type CpuShares,
  type EndToEnd,
  type LoadFigures,
  loadTable,
  type RateStep,
  type Steady,
  type StopFigures,
} from "./load_figures.ts";
import { LoadStand, type StandCpu } from "./load_stand.ts";
import { residentBytes } from "./process_usage.ts";
import { Latencies } from "./sse_load.ts";

const MEGABYTE = 2 ** 20;
/** Seeding is over and code is compiled after this. */
const WARM_UP_MS = 20_000;
const LATENCY_MS = 30_000;
const LOOK_EVERY_MS = 5_000;
/** Multiples of the usual rate that are tried, until one is too much. */
const STEPS = [5, 10, 15, 20, 30, 40, 60, 80, 100];
const STEP_SETTLES_MS = 3_000;
const STEP_MS = 8_000;
/** A rate is sustained while so much of it is processed, no later than this on average. */
const PROCESSED_SHARE = 0.97;
const LAG_MS = 250;
/** The share of a core from which on it is the limit. */
const BUSY = 0.93;
const EXACT_PATIENCE_MS = 90_000;

const { values } = parseArgs({
  args: Deno.args,
  options: {
    json: { type: "boolean", default: false },
    products: { type: "string", default: "500" },
    rate: { type: "string", default: "2000" },
    streams: { type: "string", default: "1000" },
    seconds: { type: "string", default: "60" },
    "no-steps": { type: "boolean", default: false },
  },
});
const rate = Number(values.rate);
const flags = v8Flags();

new Deno.Command("taskset", { args: ["-acp", "1", `${process.pid}`], stdout: "null" }).outputSync();
const stand = await LoadStand.open(Number(values.products), rate);
try {
  const figures = await measure(stand);
  console.log(values.json ? JSON.stringify(figures) : loadTable(figures));
} catch (error) {
  console.error(stand.app?.lines.slice(-20).join("\n"));
  throw error;
} finally {
  await stand.close();
}

/** The restart comes last: what it leaves is mended in the background, a product at a time. */
async function measure(stand: LoadStand): Promise<LoadFigures> {
  const streams = await startLoaded(stand, {});
  const steady = await measureSteady(stand, Number(values.seconds) * 1000);
  const dropped = await readDropped(stand);
  const steps = values["no-steps"] ? [] : await measureSteps(stand);
  await stand.control({ command: "pace", factor: 1 });
  const exactness = await measureExactness(stand);
  const stop = await measureStop(stand, streams);
  const endToEnd = await measureLatency(stand, await startLoaded(stand, { LIVE_INTERVAL_MS: "0" }));
  const { limit, sustainedPerSecond } = judge(steps);
  return {
    products: Number(values.products),
    streams: Number(values.streams),
    v8Flags: flags,
    steady,
    dropped,
    steps,
    sustainedPerSecond,
    limit,
    exactness,
    stop,
    endToEnd,
  };
}

/** Starts the app and opens the streams. */
async function startLoaded(
  stand: LoadStand,
  env: Readonly<Record<string, string>>,
): Promise<ChartStreams> {
  const app = await stand.startApp({ MAX_STREAMS_PER_IP: values.streams, ...env }, flags);
  const streams = new ChartStreams();
  const response = await app.ask("/api/products");
  const { products } = JSON.parse(response?.text ?? "{}");
  const ids = products.map((product: { product_id: string }) => product.product_id);
  await streams.open(stand.port, ids, Number(values.streams));
  await pause(WARM_UP_MS);
  return streams;
}

async function measureLatency(stand: LoadStand, streams: ChartStreams): Promise<EndToEnd> {
  await stand.record(true);
  const before = await stand.cpu();
  const arrivals: Arrival[] = streams.arrivals = [];
  await pause(LATENCY_MS);
  streams.arrivals = null;
  const after = await stand.cpu();
  await stand.record(false);
  const sent = await stand.sent();
  const times = new Latencies();
  let events = 0;
  for (const { trade, atUs } of arrivals) {
    const sentAtUs = sent.get(trade);
    if (sentAtUs === undefined) continue;
    times.add(atUs - sentAtUs);
    events++;
  }
  return {
    events,
    p50: times.quantile(0.5) / 1000,
    p99: times.quantile(0.99) / 1000,
    cpu: sharesBetween(before, after),
  };
}

async function measureStop(stand: LoadStand, streams: ChartStreams): Promise<StopFigures> {
  if (stand.app === null) throw new Error("there is no app to stop");
  const { tookMs, code } = await stand.app.terminate();
  await streams.allEnded();
  streams.close();
  return { streams: streams.size, tookMs, code, told: streams.told };
}

async function measureSteady(stand: LoadStand, ms: number): Promise<Steady> {
  const pid = stand.app?.pid ?? 0;
  const heaps: number[] = [];
  const span = await measureSpan(stand, async () => {
    for (let passed = 0; passed < ms; passed += LOOK_EVERY_MS) {
      await pause(LOOK_EVERY_MS);
      const heap = (await metricsOf(stand)).sum("heap_used_bytes") / MEGABYTE;
      heaps.push(heap);
      console.error(
        `  ${(passed + LOOK_EVERY_MS) / 1000} s: ${
          (await residentBytes(pid) / MEGABYTE).toFixed(0)
        } MB resident, heap ${heap.toFixed(0)} MB`,
      );
    }
  });
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  return {
    ...span,
    residentMb: await residentBytes(pid) / MEGABYTE,
    residentPeakMb: Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? NaN) / 1024,
    heapMb: [Math.min(...heaps), Math.max(...heaps)],
  };
}

async function measureSteps(stand: LoadStand): Promise<RateStep[]> {
  const steps: RateStep[] = [];
  for (const factor of STEPS) {
    await stand.control({ command: "pace", factor });
    await pause(STEP_SETTLES_MS);
    const { seconds: _, liveUpdatesPerSecond: __, ...span } = await measureSpan(
      stand,
      () => pause(STEP_MS),
    );
    const sustained = span.losses === 0 && span.lagMs <= LAG_MS &&
      span.processedPerSecond >= span.madePerSecond * PROCESSED_SHARE;
    steps.push({ offeredPerSecond: rate * factor, ...span, sustained });
    console.error(`  ${rate * factor}: ${JSON.stringify(steps.at(-1))}`);
    if (!sustained) break;
  }
  return steps;
}

async function measureSpan(stand: LoadStand, work: () => Promise<void>) {
  const look = async () => ({
    cpu: await stand.cpu(),
    made: await stand.tradesMade(),
    metrics: await metricsOf(stand),
  });
  const before = await look();
  await work();
  const after = await look();
  const seconds = (after.cpu.atMs - before.cpu.atMs) / 1000;
  const gained = (name: string) => after.metrics.sum(name) - before.metrics.sum(name);
  return {
    seconds,
    madePerSecond: (after.made - before.made) / seconds,
    processedPerSecond: gained("trades_processed_total") / seconds,
    liveUpdatesPerSecond: gained("live_updates_total") / seconds,
    losses: gained("feed_losses_total"),
    lagMs: gained("feed_lag_seconds_sum") / gained("feed_lag_seconds_count") * 1000,
    cpu: sharesBetween(before.cpu, after.cpu),
  };
}

/** Whatever the app, its bus or its hub counts as dropped since its start. */
async function readDropped(stand: LoadStand): Promise<Record<string, number>> {
  const metrics = await metricsOf(stand);
  return {
    ...metrics.present("dropped_total"),
    ...metrics.present("feed_losses_total"),
    ...metrics.present("stream_drops_total"),
  };
}

async function measureExactness(stand: LoadStand): Promise<LoadFigures["exactness"]> {
  const through = Math.floor(Date.now() / 60_000) * 60;
  const beganMs = performance.now();
  for (;;) {
    const comparison = await stand.compare(through);
    const tookMs = performance.now() - beganMs;
    if (isPerfect(comparison) || tookMs > EXACT_PATIENCE_MS) {
      for (const difference of comparison.differences) console.error(`  ${difference}`);
      return { ...comparison, tookSeconds: tookMs / 1000 };
    }
    await pause(LOOK_EVERY_MS);
  }
}

function metricsOf(stand: LoadStand): Promise<AppMetrics> {
  if (stand.app === null) throw new Error("there is no app");
  return AppMetrics.of(stand.app);
}

function sharesBetween(before: StandCpu, after: StandCpu): CpuShares {
  const seconds = (after.atMs - before.atMs) / 1000;
  return {
    app: (after.app - before.app) / seconds,
    exchange: (after.exchange - before.exchange) / seconds,
    servers: (after.servers - before.servers) / seconds,
    readers: (after.readers - before.readers) / seconds,
  };
}

function judge(steps: readonly RateStep[]): { limit: string; sustainedPerSecond: number } {
  const sustained = steps.filter((step) => step.sustained);
  const sustainedPerSecond = Math.max(0, ...sustained.map((step) => step.processedPerSecond));
  const last = steps.at(-1);
  if (last === undefined) return { limit: "not looked for", sustainedPerSecond };
  const { app, exchange, servers, readers } = last.cpu;
  const limits: string[] = last.losses > 0 ? ["a queue or connection of the feed"] : [];
  if (app > BUSY) limits.push("the app's core");
  if (exchange > BUSY) limits.push("the simulated exchange, which is one thread");
  else if (exchange + servers + readers > BUSY) {
    limits.push("the core that exchange, servers and readers share");
  }
  if (last.sustained) limits.push("not reached");
  return { limit: limits.length === 0 ? "unclear" : limits.join(" and "), sustainedPerSecond };
}
