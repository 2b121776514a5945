/**
 * The SSE fan-out against a bare `Deno.serve` with one shared chunk, in the same run: `deno run -A
 * bench/stream/stream.ts [--json] [--clients=1000] [--rounds=3]`. Server and clients each get a
 * separate core where `taskset` is installed. Both servers are measured in turn, in short slices,
 * and each figure is the median of its slices: whatever else the machine does affects both equally.
 * Quote the ratios, not the absolute figures.
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { median } from "../quantile.ts";
import { moveToSecondCore } from "./process.ts";
import { inTurn, MeasuredServer } from "./slices.ts";

/** One server's figures; medians over the rounds. */
export interface StreamBenchFigures {
  /** Delivered events per second of the server's CPU: one message at a time, and in bursts. */
  readonly singly: number;
  readonly backlog: number;
  /** Microseconds from message to client at a moderate rate. */
  readonly p50: number;
  readonly p99: number;
  /** Bytes of resident memory for each open stream more, once as many are open. */
  readonly bytesPerClient: number;
  readonly connectsPerSecond: number;
  /** The share of a core that the load client took in bursts: near 1 it is the client that is the limit. */
  readonly clientLoad: number;
}

type Kind = "hub" | "bare";

const KINDS: readonly Kind[] = ["hub", "bare"];
const SLICES = 8;
const SLICE_MS = 500;
const BURST = 200;
const RATE = 50;
/** Longer, since a slice's p99 is its worst few messages. */
const LATENCY_SLICES = 12;
const LATENCY_SLICE_MS = 1_000;
const SETTLES_MS = 300;

/** Measures both servers, round after round, each round with new processes. */
export async function benchStream(
  clients: number,
  rounds: number,
): Promise<{ hub: StreamBenchFigures; bare: StreamBenchFigures }> {
  const hub: StreamBenchFigures[] = [];
  const bare: StreamBenchFigures[] = [];
  for (let round = 0; round < rounds; round++) {
    const figures = await measureRound(clients);
    hub.push(figures.hub);
    bare.push(figures.bare);
  }
  return { hub: medians(hub), bare: medians(bare) };
}

async function measureRound(clients: number) {
  const servers: MeasuredServer[] = [];
  for (const kind of KINDS) servers.push(await MeasuredServer.start(kind));
  try {
    const bytesPerClient: number[] = [];
    for (const kind of KINDS) bytesPerClient.push(await measureMemory(kind, clients));
    const connects: number[] = [];
    for (const server of servers) connects.push(await server.connect(clients));
    for (const server of servers) await server.closedLoop(1, SLICE_MS);
    const singly = await inTurn(servers, SLICES, (server) => server.efficiency(1, SLICE_MS));
    const latencies = await inTurn(
      servers,
      LATENCY_SLICES,
      (server) => server.latencies(RATE, LATENCY_SLICE_MS),
    );
    for (const server of servers) await server.closedLoop(BURST, SLICE_MS);
    const cpuBefore = process.cpuUsage().user;
    const beganMs = performance.now();
    const backlog = await inTurn(servers, SLICES, (server) => server.efficiency(BURST, SLICE_MS));
    const clientLoad = (process.cpuUsage().user - cpuBefore) / 1000 /
      (performance.now() - beganMs);
    const figuresOf = (at: number): StreamBenchFigures => ({
      singly: median(singly[at] ?? []),
      backlog: median(backlog[at] ?? []),
      p50: median((latencies[at] ?? []).map(({ p50 }) => p50)),
      p99: median((latencies[at] ?? []).map(({ p99 }) => p99)),
      bytesPerClient: bytesPerClient[at] ?? NaN,
      connectsPerSecond: connects[at] ?? NaN,
      clientLoad,
    });
    return { hub: figuresOf(0), bare: figuresOf(1) };
  } finally {
    for (const server of servers) await server.stop();
  }
}

/**
 * In a separate process. What the first clients cost beside their own memory (code that is
 * compiled, a heap that grows to its working size) comes once, so the clients that come after as
 * many others are what counts.
 */
async function measureMemory(kind: Kind, clients: number): Promise<number> {
  const measured = await MeasuredServer.start(kind);
  const usage = async () => {
    await new Promise((resolve) => setTimeout(resolve, SETTLES_MS));
    return (await measured.server.usage()).rssBytes;
  };
  try {
    await measured.connect(clients);
    const before = await usage();
    await measured.connect(clients);
    return (await usage() - before) / clients;
  } finally {
    await measured.stop();
  }
}

function medians(all: readonly StreamBenchFigures[]): StreamBenchFigures {
  const of = (key: keyof StreamBenchFigures) => median(all.map((figures) => figures[key]));
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
  const note = hub.clientLoad > 0.9 ? ["(the load client was the limit in the backlog)"] : [];
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
  moveToSecondCore();
  const { hub, bare } = await benchStream(Number(values.clients), Number(values.rounds));
  console.log(values.json ? JSON.stringify({ hub, bare }) : table(hub, bare));
}
