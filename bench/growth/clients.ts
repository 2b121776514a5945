import { MeasuredServer } from "../stream/slices.ts";
import { median } from "../quantile.ts";
import type { GrowthPoint } from "./curve.ts";

const SLICES = 5;
const SLICE_MS = 500;
const RATE = 10;
const LATENCY_MS = 2_000;
const SETTLES_MS = 300;

/** The cost of one event to a server of `clients` streams, over real sockets, one message at a time. */
export async function measureClients(clients: number): Promise<GrowthPoint> {
  const measured = await MeasuredServer.start("hub");
  try {
    await measured.connect(clients);
    await measured.closedLoop(1, SLICE_MS);
    const perSecond: number[] = [];
    for (let slice = 0; slice < SLICES; slice++) {
      perSecond.push(await measured.efficiency(1, SLICE_MS));
    }
    const events = measured.load.events;
    const { p50, p99 } = await measured.latencies(RATE, LATENCY_MS);
    await new Promise((resolve) => setTimeout(resolve, SETTLES_MS));
    const { rssBytes, heapUsedBytes } = await measured.server.usage();
    return {
      size: clients,
      items: events,
      cpuMicrosPerItem: 1e6 / median(perSecond),
      p50Ms: p50 / 1_000,
      p99Ms: p99 / 1_000,
      residentBytes: rssBytes,
      heapBytes: heapUsedBytes,
    };
  } finally {
    await measured.stop();
  }
}
