/**
 * Measures what readers that stop cost the others: `deno run -A bench/stream/stalled.ts [--json]
 * [--clients=1000] [--stalled=1]`. Two hubs are measured in turn, one of them with clients that
 * never read: first delivery times while those lag, then closed candles until they are cut off.
 */
import { parseArgs } from "node:util";
import { median } from "../quantile.ts";
import { moveToSecondCore, PATH } from "./process.ts";
import { inTurn, MeasuredServer } from "./slices.ts";

/** What was measured; times in microseconds, of the clients that read. */
export interface StalledBenchFigures {
  readonly p50: { readonly alone: number; readonly beside: number };
  readonly p99: { readonly alone: number; readonly beside: number };
  /** Resident bytes of both servers, when the clients had stopped, lagged, and were cut off. */
  readonly rssBytes: {
    readonly alone: readonly number[];
    readonly beside: readonly number[];
  };
  /** Stalled clients that lagged, and closed candles after which they had been cut off. */
  readonly lagging: number;
  readonly cutOffAfter: number;
}

const SLICES = 12;
const SLICE_MS = 1_000;
const RATE = 50;
const BURST = 200;
/** Well beyond what the kernel takes on behalf of a reader, and what the hub lets wait. */
const MOST_EVENTS = 100_000;

/** Measures a hub without stalled clients and one with some. */
export async function benchStalled(clients: number, stalled: number): Promise<StalledBenchFigures> {
  const alone = await MeasuredServer.start("hub");
  const beside = await MeasuredServer.start("hub");
  const servers = [alone, beside];
  try {
    for (const server of servers) await server.connect(clients);
    await beside.load.openStalled(beside.server.ports.http, PATH, stalled);
    for (const server of servers) await server.closedLoop(1, SLICE_MS);
    const rss = { alone: [await rssOf(alone)], beside: [await rssOf(beside)] };
    // Live candles until the kernel accepts none: from then on they coalesce in the hub.
    let sent = 0;
    for (; sent < MOST_EVENTS && await laggingAt(beside) < stalled; sent += BURST) {
      for (const server of servers) await burst(server, false);
    }
    const lagging = await laggingAt(beside);
    rss.alone.push(await rssOf(alone));
    rss.beside.push(await rssOf(beside));
    const latencies = await inTurn(servers, SLICES, (server) => server.latencies(RATE, SLICE_MS));
    let cutOffAfter = 0;
    for (; cutOffAfter < MOST_EVENTS && await droppedAt(beside) < stalled; cutOffAfter += BURST) {
      for (const server of servers) await burst(server, true);
    }
    if (await droppedAt(beside) < stalled) throw new Error("the stalled clients were not cut off");
    rss.alone.push(await rssOf(alone));
    rss.beside.push(await rssOf(beside));
    const of = (at: number, key: "p50" | "p99") =>
      median((latencies[at] ?? []).map((times) => times[key]));
    return {
      p50: { alone: of(0, "p50"), beside: of(1, "p50") },
      p99: { alone: of(0, "p99"), beside: of(1, "p99") },
      rssBytes: rss,
      lagging,
      cutOffAfter,
    };
  } finally {
    for (const server of servers) await server.stop();
  }
}

async function burst({ server, load }: MeasuredServer, isComplete: boolean): Promise<void> {
  const wanted = load.events + BURST * load.size;
  await server.publish(BURST, isComplete);
  await load.received(wanted);
}

async function rssOf({ server }: MeasuredServer): Promise<number> {
  return (await server.usage()).rssBytes;
}

async function laggingAt({ server }: MeasuredServer): Promise<number> {
  return (await server.usage()).hub?.lagging ?? 0;
}

async function droppedAt({ server }: MeasuredServer): Promise<number> {
  return (await server.usage()).hub?.dropped.lag ?? 0;
}

function table({ p50, p99, rssBytes, lagging, cutOffAfter }: StalledBenchFigures): string {
  const row = (name: string, alone: number, beside: number, unit: number) =>
    name.padEnd(30) + [alone, beside].map((value) =>
      (value / unit).toFixed(1).padStart(10)
    ).join("") +
    `${(beside / alone).toFixed(2)}×`.padStart(8);
  const megabytes = ["begun", "lagging", "cut off"].map((when, at) =>
    row(`MB resident, ${when}`, rssBytes.alone[at] ?? NaN, rssBytes.beside[at] ?? NaN, 2 ** 20)
  );
  return [
    `${"".padEnd(30)}${"alone".padStart(10)}${"beside".padStart(10)}${"ratio".padStart(8)}`,
    row("p50 of the others, ms", p50.alone, p50.beside, 1000),
    row("p99 of the others, ms", p99.alone, p99.beside, 1000),
    ...megabytes,
    `(${lagging} lagged, and were cut off after at most ${cutOffAfter} closed candles)`,
  ].join("\n");
}

if (import.meta.main) {
  const { values } = parseArgs({
    args: Deno.args,
    options: {
      json: { type: "boolean" },
      clients: { type: "string", default: "1000" },
      stalled: { type: "string", default: "1" },
    },
  });
  moveToSecondCore();
  const figures = await benchStalled(Number(values.clients), Number(values.stalled));
  console.log(values.json ? JSON.stringify(figures) : table(figures));
}
