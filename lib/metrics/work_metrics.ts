import { Counter, Gauge, type Registry } from "prom-client";

/** Work whose cost is bounded. */
export type WorkName = "history" | "requests" | "resume";

/** How such work is doing; counts since the start, the rest as of now. */
export interface WorkStats {
  readonly underWay: number;
  readonly waiting: number;
  readonly waited: number;
  readonly refused: Readonly<Record<string, number>>;
}

/** Registers how much work is under way, waits or was refused. The answer takes the figures over, before each scrape. */
export function addWorkMetrics(
  registry: Registry,
  prefix: string,
): (work: WorkName, stats: WorkStats) => void {
  const registers = [registry];
  const labelNames = ["work"] as const;
  const underWay = new Gauge({
    name: `${prefix}work_under_way`,
    help: "Cost of the work under way: rows (history), one each (requests), pages (resume).",
    labelNames,
    registers,
  });
  const waiting = new Gauge({
    name: `${prefix}work_waiting`,
    help: "Requests whose work waits for room.",
    labelNames,
    registers,
  });
  const waited = new Counter({
    name: `${prefix}work_waited_total`,
    help: "Requests whose work had to wait.",
    labelNames,
    registers,
  });
  const refused = new Counter({
    name: `${prefix}work_refused_total`,
    help: "Requests whose work there was no room for: of their address (429), or at all (503).",
    labelNames: ["work", "reason"],
    registers,
  });
  return (work, stats) => {
    underWay.set({ work }, stats.underWay);
    waiting.set({ work }, stats.waiting);
    waited.remove({ work });
    waited.inc({ work }, stats.waited);
    for (const [reason, count] of Object.entries(stats.refused)) {
      refused.remove({ work, reason });
      refused.inc({ work, reason }, count);
    }
  };
}
