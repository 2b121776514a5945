import { pause } from "../../tests/harness/wait.ts";
import type { Arrival, ChartStreams } from "../chart_streams.ts";
import type { EndToEnd } from "./figures.ts";
import { sharesBetween } from "./span.ts";
import type { LoadStand } from "./stand.ts";
import { Latencies } from "../sse_load.ts";

/** A whole minute: one of every minute's ends is in it. */
const LATENCY_MS = 60_000;

/** How long it takes from an exchange's frame to the event of its newest trade at the streams' clients. */
export async function measureLatency(stand: LoadStand, streams: ChartStreams): Promise<EndToEnd> {
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
