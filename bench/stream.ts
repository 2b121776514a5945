/**
 * The SSE fan-out against a bare `Deno.serve` with one shared chunk, in the same run:
 * `deno run -A bench/stream.ts [--json] [--clients=1000] [--rounds=3]`. Server and clients each get a core
 * of their own where `taskset` is there. Quote the ratios, not the absolute figures: machines are shared.
 */
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Latencies, nowUs, SseLoad, TIME_DIGITS } from "./sse_load.ts";
import type { BenchServerPorts, BenchServerUsage } from "./stream_server.ts";

/** One server's figures; medians over the rounds. */
export interface StreamBenchFigures {
  /** Delivered events per second of the server's CPU: one message under way at a time, and in bursts. */
  readonly singly: number;
  readonly backlog: number;
  /** Microseconds from message to client at a moderate rate. */
  readonly p50: number;
  readonly p99: number;
  /** Bytes of resident memory for each open stream. */
  readonly bytesPerClient: number;
  readonly connectsPerSecond: number;
  /** The share of a core that the load client took in bursts: near 1 it is the client that is the limit. */
  readonly clientLoad: number;
}

const PATH = "/stream?products=BTC-USD&granularities=ONE_MINUTE";
const MEASURE_MS = 2_000;
const BURST = 200;
const RATE = 50;
const REST = '"product_id":"BTC-USD","granularity":"ONE_MINUTE","timestamp":1753000020,' +
  '"open":118204.11,"high":118251.9,"low":118190.02,"close":118240.55,"volume":12.48312207,' +
  '"is_complete":false,"exact":false,"revision":0}';

/** Measures both servers in turn, round after round. */
export async function benchStream(
  clients: number,
  rounds: number,
): Promise<{ hub: StreamBenchFigures; bare: StreamBenchFigures }> {
  const all: { hub: StreamBenchFigures[]; bare: StreamBenchFigures[] } = { hub: [], bare: [] };
  for (let round = 0; round < rounds; round++) {
    for (const kind of ["bare", "hub"] as const) all[kind].push(await measure(kind, clients));
  }
  return { hub: medians(all.hub), bare: medians(all.bare) };
}

async function measure(kind: "hub" | "bare", clients: number): Promise<StreamBenchFigures> {
  const server = await startServer(kind);
  const load = new SseLoad();
  try {
    const usage = async (): Promise<BenchServerUsage> =>
      await (await fetch(`http://127.0.0.1:${server.ports.http}/usage`)).json();
    const before = await usage();
    const began = performance.now();
    await load.open(server.ports.http, PATH, clients);
    const connectsPerSecond = clients / (performance.now() - began) * 1000;
    await new Promise((resolve) => setTimeout(resolve, 300));
    const idle = await usage();
    const publish = await publisher(server.ports.messages);
    await closedLoop(load, publish, 1, 500);
    const singly = await efficiency(load, publish, usage, 1);
    const clientBefore = process.cpuUsage().user;
    const backlogBegan = performance.now();
    const backlog = await efficiency(load, publish, usage, BURST);
    const clientLoad = (process.cpuUsage().user - clientBefore) / 1000 /
      (performance.now() - backlogBegan);
    const { p50, p99 } = await latencies(load, publish);
    const bytesPerClient = (idle.rssBytes - before.rssBytes) / clients;
    return { singly, backlog, p50, p99, bytesPerClient, connectsPerSecond, clientLoad };
  } finally {
    load.close();
    await server.stop();
  }
}

type Publish = (count: number) => Promise<void>;

async function efficiency(
  load: SseLoad,
  publish: Publish,
  usage: () => Promise<BenchServerUsage>,
  atOnce: number,
): Promise<number> {
  const before = await usage();
  const events = await closedLoop(load, publish, atOnce, MEASURE_MS);
  const after = await usage();
  return events / (after.cpuSeconds - before.cpuSeconds);
}

/** Publishes so many messages, waits until every client has them, and so on. */
async function closedLoop(load: SseLoad, publish: Publish, atOnce: number, ms: number) {
  const first = load.events;
  const end = performance.now() + ms;
  while (performance.now() < end) {
    const wanted = load.events + atOnce * load.size;
    await publish(atOnce);
    await load.received(wanted);
  }
  return load.events - first;
}

async function latencies(load: SseLoad, publish: Publish): Promise<{ p50: number; p99: number }> {
  const times = load.latencies = new Latencies();
  const wanted = load.events + load.size * RATE * MEASURE_MS / 1000;
  const began = performance.now();
  for (let sent = 0; sent < RATE * MEASURE_MS / 1000; sent++) {
    const wait = began + sent * 1000 / RATE - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    await publish(1);
  }
  await load.received(wanted);
  load.latencies = null;
  return { p50: times.quantile(0.5), p99: times.quantile(0.99) };
}

async function publisher(port: number): Promise<Publish> {
  const connection = await Deno.connect({ port, hostname: "127.0.0.1" });
  connection.setNoDelay(true);
  const encoder = new TextEncoder();
  return async (count) => {
    const line = `{"sent":${`${nowUs()}`.padStart(TIME_DIGITS, "0")},${REST}\n`;
    const bytes = encoder.encode(line.repeat(count));
    for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
  };
}

async function startServer(kind: "hub" | "bare") {
  const script = fileURLToPath(new URL("./stream_server.ts", import.meta.url));
  const command = [...pinnedTo(0), Deno.execPath(), "run", "-A", "--no-check", script, kind];
  const [program = "", ...args] = command;
  const child = new Deno.Command(program, { args, stdout: "piped" }).spawn();
  const reader = child.stdout.getReader();
  const { value } = await reader.read();
  const ports: BenchServerPorts = JSON.parse(new TextDecoder().decode(value));
  return {
    ports,
    stop: async () => {
      child.kill();
      await reader.cancel();
      await child.status;
    },
  };
}

/** How to start a program on one core, or nothing where that is not possible. */
function pinnedTo(core: number): readonly string[] {
  return taskset("-c", `${core}`, "true") ? ["taskset", "-c", `${core}`] : [];
}

function taskset(...args: readonly string[]): boolean {
  try {
    return new Deno.Command("taskset", { args: [...args], stdout: "null", stderr: "null" })
      .outputSync().success;
  } catch {
    return false;
  }
}

function medians(all: readonly StreamBenchFigures[]): StreamBenchFigures {
  const of = (key: keyof StreamBenchFigures) =>
    all.map((figures) => figures[key]).sort((a, b) => a - b)[all.length >> 1] ?? NaN;
  return {
    singly: of("singly"),
    backlog: of("backlog"),
    p50: of("p50"),
    p99: of("p99"),
    bytesPerClient: of("bytesPerClient"),
    connectsPerSecond: of("connectsPerSecond"),
    clientLoad: of("clientLoad"),
  };
}

function table(hub: StreamBenchFigures, bare: StreamBenchFigures): string {
  const rows: readonly [string, keyof StreamBenchFigures, number][] = [
    ["events/CPU-second, singly", "singly", 1],
    ["events/CPU-second, backlog", "backlog", 1],
    ["p50, ms", "p50", 1000],
    ["p99, ms", "p99", 1000],
    ["KB per idle client", "bytesPerClient", 1024],
    ["connects/second", "connectsPerSecond", 1],
  ];
  const lines = rows.map(([name, key, unit]) => {
    const figures = [hub[key] / unit, bare[key] / unit].map((value) =>
      (value >= 1000 ? value.toFixed(0) : value.toFixed(1)).padStart(10)
    );
    const ratio = `${(hub[key] / bare[key]).toFixed(2)}×`.padStart(8);
    return `${name.padEnd(28)}${figures.join("")}${ratio}`;
  });
  const head = `${"".padEnd(28)}${"hub".padStart(10)}${"bare".padStart(10)}${"ratio".padStart(8)}`;
  const limit = Math.max(hub.clientLoad, bare.clientLoad);
  const note = limit > 0.9 ? ["(the load client was the limit in the backlog)"] : [];
  return [head, ...lines, ...note].join("\n");
}

if (import.meta.main) {
  const { values } = parseArgs({
    args: Deno.args,
    options: {
      json: { type: "boolean" },
      clients: { type: "string", default: "1000" },
      rounds: { type: "string", default: "3" },
    },
  });
  taskset("-cp", "1", `${Deno.pid}`);
  const { hub, bare } = await benchStream(Number(values.clients), Number(values.rounds));
  console.log(values.json ? JSON.stringify({ hub, bare }) : table(hub, bare));
}
