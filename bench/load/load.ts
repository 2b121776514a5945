/**
 * The whole of Spot Canvas under load: `deno run -A bench/load/load.ts [--json] [--products=500] [--rate=2000]
 * [--streams=1000] [--seconds=60] [--speed=1] [--only=latency|memory]`. The simulated exchange, PostgreSQL and NATS are
 * real processes, the app is one that has a core for itself (which needs `taskset`); all others and the streams' readers
 * share the second core. `seconds` is how long memory is watched; with `--speed=20` an exchange's hour is over in three
 * minutes, and as many minutes are held. `V8_FLAGS` replaces the flags that the app is started with. Takes about seven
 * minutes.
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { v8Flags } from "../../tasks/v8_flags.ts";
import { isPerfect } from "../../tests/harness/truth_comparison.ts";
import { pause } from "../../tests/harness/wait.ts";
import { ChartStreams } from "../chart_streams.ts";
import {
  type EndToEnd,
  type LoadFigures,
  loadTable,
  type Steady,
  type StopFigures,
} from "./figures.ts";
import { measureLatency } from "./latency.ts";
import { measureSpan, metricsOf } from "./span.ts";
import { LoadStand } from "./stand.ts";
import { judge, measureSteps } from "./steps.ts";
import { residentBytes } from "../process_usage.ts";

const MEGABYTE = 2 ** 20;
/** Seeding is over and code is compiled after this. */
const WARM_UP_MS = 20_000;
/** The same at the number of requests a second that users have: a page for each of 500 products. */
const USUAL_WARM_UP_MS = 75_000;
const LOOK_EVERY_MS = 5_000;
const EXACT_TIMEOUT_MS = 90_000;

const { values } = parseArgs({
  args: Deno.args,
  options: {
    json: { type: "boolean", default: false },
    products: { type: "string", default: "500" },
    rate: { type: "string", default: "2000" },
    streams: { type: "string", default: "1000" },
    seconds: { type: "string", default: "60" },
    speed: { type: "string", default: "1" },
    only: { type: "string", default: "" },
  },
});
const rate = Number(values.rate);
const flags = v8Flags();

const about = {
  products: Number(values.products),
  streams: Number(values.streams),
  v8Flags: flags,
};

new Deno.Command("taskset", { args: ["-acp", "1", `${process.pid}`], stdout: "null" }).outputSync();
const loaded = values.only === "latency" ? {} : await withStand(measureLoaded);
// A restarted app would repair what it missed in the background, and the exchange would have all trades of the steps.
const fresh = values.only === "memory" ? {} : await withStand(measureFresh);
const figures = { ...about, ...loaded, ...fresh };
console.log(values.json ? JSON.stringify(figures) : loadTable(figures));

async function withStand<T>(measure: (stand: LoadStand) => Promise<T>): Promise<T> {
  const stand = await LoadStand.open({
    products: Number(values.products),
    tradesPerSecond: rate,
    speed: Number(values.speed),
  });
  try {
    return await measure(stand);
  } catch (error) {
    console.error(stand.app?.lines.slice(-20).join("\n"));
    throw error;
  } finally {
    await stand.close();
  }
}

async function measureLoaded(stand: LoadStand): Promise<Partial<LoadFigures>> {
  const streams = await startLoaded(stand, {});
  const steady = await measureSteady(stand, Number(values.seconds) * 1000);
  const dropped = await readDropped(stand);
  if (values.only === "memory") return { steady, dropped };
  const steps = await measureSteps(stand, rate);
  await stand.control({ command: "pace", factor: 1 });
  const exactness = await measureExactness(stand);
  const stop = await measureStop(stand, streams);
  return { steady, dropped, sustained: { steps, ...judge(steps) }, exactness, stop };
}

async function measureFresh(stand: LoadStand): Promise<{ endToEnd: EndToEnd }> {
  // No user has repairs at a hundred pages a second, which the other figures must not wait for.
  const env = { LIVE_INTERVAL_MS: "0", COINBASE_REST_RPS: "8" };
  const streams = await startLoaded(stand, env, USUAL_WARM_UP_MS);
  const endToEnd = await measureLatency(stand, streams);
  streams.close();
  return { endToEnd };
}

/** Starts the app and opens the streams. */
async function startLoaded(
  stand: LoadStand,
  env: Readonly<Record<string, string>>,
  warmUpMs = WARM_UP_MS,
): Promise<ChartStreams> {
  const app = await stand.startApp({
    MAX_STREAMS_PER_IP: values.streams,
    MAX_REQUESTS_PER_IP: "0",
    ...env,
  }, { v8Flags: flags });
  const streams = new ChartStreams();
  const response = await app.request("/api/products");
  const { products } = JSON.parse(response?.text ?? "{}");
  const ids = products.map((product: { product_id: string }) => product.product_id);
  await streams.open(stand.port, ids, Number(values.streams));
  await pause(warmUpMs);
  return streams;
}

async function measureStop(stand: LoadStand, streams: ChartStreams): Promise<StopFigures> {
  if (stand.app === null) throw new Error("there is no app to stop");
  const { tookMs, code } = await stand.app.terminate();
  await streams.allEnded();
  streams.close();
  return { streams: streams.size, tookMs, code, retryTimes: streams.retryTimes };
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

/** Everything that the app, its bus or its hub counts as dropped since its start. */
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
    if (isPerfect(comparison) || tookMs > EXACT_TIMEOUT_MS) {
      for (const difference of comparison.differences) console.error(`  ${difference}`);
      return { ...comparison, tookSeconds: tookMs / 1000 };
    }
    await pause(LOOK_EVERY_MS);
  }
}
