import { AppMetrics } from "../app_metrics.ts";
import type { CpuShares } from "./figures.ts";
import type { LoadStand, StandCpu } from "./stand.ts";

/** What happened in a span of time. */
export interface LoadSpan {
  readonly seconds: number;
  readonly madePerSecond: number;
  readonly processedPerSecond: number;
  readonly liveUpdatesPerSecond: number;
  /** Connections or queues of the feed that lost trades. */
  readonly losses: number;
  /** From a frame's sending to its merging, on average. */
  readonly lagMs: number;
  readonly cpu: CpuShares;
}

/** Measures everything before and after some work. */
export async function measureSpan(stand: LoadStand, work: () => Promise<void>): Promise<LoadSpan> {
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

/** The app's current metrics. */
export function metricsOf(stand: LoadStand): Promise<AppMetrics> {
  if (stand.app === null) throw new Error("there is no app");
  return AppMetrics.of(stand.app);
}

/** The shares of a core between two measurements. */
export function sharesBetween(before: StandCpu, after: StandCpu): CpuShares {
  const seconds = (after.atMs - before.atMs) / 1000;
  return {
    app: (after.app - before.app) / seconds,
    exchange: (after.exchange - before.exchange) / seconds,
    servers: (after.servers - before.servers) / seconds,
    readers: (after.readers - before.readers) / seconds,
  };
}
