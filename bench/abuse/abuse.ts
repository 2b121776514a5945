/**
 * Measures how Spot Canvas withstands clients that request too much: `deno run -A
 * bench/abuse/abuse.ts [--json] [--limit=512] [--products=500] [--rate=500] [--seconds=30]
 * [--only=heavy-pages,pipelined] [--tree=image|checkout]`. The app is the image's tree, as the
 * Dockerfile makes it (or the checkout, with `V8_FLAGS` in place of ours if given), in a separate
 * process with a limit (megabytes) on its memory and one core, over a real PostgreSQL and NATS and
 * the simulated exchange. Each attack ends after `seconds`; `/healthz` is requested ten times a
 * second during it. An app that is killed is started again, as an orchestrator does. At the end all
 * closed candles are compared with the exchange's trades. Fails if the app was killed, its
 * `/healthz` took longer than 250 ms (99th percentile), or a candle is not exact. On loopback only;
 * takes about eight minutes, and an idle machine with two cores.
 */
import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import process from "node:process";
import { parseArgs } from "node:util";
import { main as migrate } from "../../tasks/migrate.ts";
import { v8Flags } from "../../tasks/v8_flags.ts";
import { isPerfect } from "../../tests/harness/truth_comparison.ts";
import { ImageTree } from "../../tests/image/image_tree.ts";
import { pause, until } from "../../tests/harness/wait.ts";
import { type Attack, ATTACKS } from "./attacks.ts";
import { Tally } from "./exchanges.ts";
import { quantile } from "../quantile.ts";
import { type AbuseFigures, abuseTable, type AttackFigures } from "./figures.ts";
import { seedPast } from "./seeded_past.ts";
import { LoadStand } from "../load/stand.ts";
import { MemoryLimit } from "./memory_limit.ts";

const MEGABYTE = 2 ** 20;
const HEALTH_P99_MS = 250;
const WARM_UP_MS = 15_000;
const BETWEEN_MS = 3_000;
const EXACT_TIMEOUT_MS = 120_000;
const CLOSED_CANDLES = "CLOSED_CANDLES";
const SEEDED = ["BTC-USD", "ETH-USD", "SOL-USD"];

const { values } = parseArgs({
  args: Deno.args,
  options: {
    json: { type: "boolean", default: false },
    limit: { type: "string", default: "512" },
    products: { type: "string", default: "500" },
    rate: { type: "string", default: "500" },
    seconds: { type: "string", default: "30" },
    only: { type: "string", default: "" },
    tree: { type: "string", default: "image" },
  },
});
const limitMb = Number(values.limit);
const flags = v8Flags();
const chosen = ATTACKS.filter(({ name }) =>
  values.only === "" || values.only.split(",").includes(name)
);
if (chosen.length === 0) {
  console.error(`no such attack; there are ${ATTACKS.map(({ name }) => name).join(", ")}`);
  Deno.exit(2);
}

new Deno.Command("taskset", { args: ["-acp", "1", `${process.pid}`], stdout: "null" }).outputSync();
const limit = await MemoryLimit.open(limitMb * MEGABYTE);
const folder = await Deno.makeTempDir({ prefix: "spot-canvas-image-" });
const image = values.tree === "image" ? await ImageTree.build(folder) : undefined;
const stand = await LoadStand.open({
  products: Number(values.products),
  tradesPerSecond: Number(values.rate),
  speed: 1,
});
Deno.addSignalListener("SIGINT", async () => {
  await close();
  Deno.exit(130);
});
const watch = new Worker(new URL("health_watch.ts", import.meta.url), { type: "module" });
try {
  await migrate(["up"], stand.databaseUrl, () => {});
  await seedPast(stand.databaseUrl, SEEDED);
  await startApp();
  await pause(WARM_UP_MS);
  const attacks: AttackFigures[] = [];
  for (const attack of chosen) {
    const figures = await measure(attack);
    await pause(BETWEEN_MS);
    // What an attack leaves behind may still end the app.
    const survived = figures.survived && stand.app?.isOver === false;
    attacks.push({ ...figures, survived });
    console.error(`  ${JSON.stringify(attacks.at(-1))}`);
    if (!survived) await startApp();
  }
  const exactness = await compare();
  const figures = { limitMb, means: limit.means, v8Flags: flags, attacks, exactness };
  console.log(values.json ? JSON.stringify(figures) : abuseTable(figures));
  if (!isWell(figures)) Deno.exitCode = 1;
} finally {
  await close();
}

async function close(): Promise<void> {
  watch.terminate();
  await stand.close();
  await limit.close();
  await Deno.remove(folder, { recursive: true });
}

async function startApp(): Promise<void> {
  const wrapper = limit.wrapper;
  const app = await stand.startApp({ TRUST_PROXY: "true" }, { v8Flags: flags, wrapper, image });
  limit.watch(app.pid);
}

async function measure(attack: Attack): Promise<AttackFigures> {
  const { app, port } = stand;
  if (app === null) throw new Error("there is no app");
  const tally = new Tally();
  const over = new AbortController();
  const timer = setTimeout(() => over.abort(), Number(values.seconds) * 1000);
  const oldestEvent = await oldestEventOf();
  await forgetPeak(app.pid);
  void app.ended().then(() => over.abort());
  watch.postMessage({ port });
  const beganMs = performance.now();
  await attack.run({ port, signal: over.signal, tally, oldestEvent });
  const tookSeconds = (performance.now() - beganMs) / 1000;
  clearTimeout(timer);
  const survived = !app.isOver;
  const residentMb = survived ? await peakOf(app.pid) / MEGABYTE : limitMb;
  over.abort();
  const times = await healthTimes();
  return {
    name: attack.name,
    description: attack.description,
    tookSeconds,
    residentMb,
    healthP50: quantile(times, 0.5),
    healthP99: quantile(times, 0.99),
    answers: tally,
    survived,
    load: Deno.loadavg()[0] ?? NaN,
  };
}

/** The id before the oldest stored closed candle: a client that resumes after it is sent all of them. */
async function oldestEventOf(): Promise<string> {
  const { host, username: user, password: pass } = new URL(stand.natsUrl);
  const connection = await connect({ servers: host, user, pass });
  try {
    const manager = await jetstreamManager(connection);
    const { state } = await manager.streams.info(CLOSED_CANDLES);
    return `${state.first_seq - 1}`;
  } finally {
    await connection.close();
  }
}

function healthTimes(): Promise<readonly number[]> {
  return new Promise((resolve) => {
    watch.onmessage = ({ data }) => resolve(data);
    watch.postMessage(null);
  });
}

/** Resets the kernel's record of a process' highest memory. */
async function forgetPeak(pid: number): Promise<void> {
  await Deno.writeTextFile(`/proc/${pid}/clear_refs`, "5");
}

async function peakOf(pid: number): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`).catch(() => "");
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? NaN) * 1024;
}

async function compare() {
  const through = Math.floor(Date.now() / 60_000) * 60;
  try {
    await until("every candle exact", async () => isPerfect(await stand.compare(through)), {
      timeoutMs: EXACT_TIMEOUT_MS,
      everyMs: 5_000,
    });
  } catch {
    // The last comparison reports what is missing.
  }
  const comparison = await stand.compare(through);
  for (const difference of comparison.differences) console.error(`  ${difference}`);
  return comparison;
}

function isWell({ attacks, exactness }: AbuseFigures): boolean {
  return isPerfect(exactness) &&
    attacks.every(({ survived, healthP99 }) => survived && healthP99 <= HEALTH_P99_MS);
}
