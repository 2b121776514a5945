import { Counter, Gauge, type Registry } from "prom-client";

/** Work whose cost is bounded. */
export type WorkName = "history" | "requests" | "resume";

/** Figures of such work; counts since the start, the rest as of now. */
export interface WorkStats {
  readonly underWay: number;
  readonly waiting: number;
  readonly waited: number;
  readonly refused: Readonly<Record<string, number>>;
}

/**
 * Registers metrics of running, waiting and refused work. Returns a function that copies the figures, before each
 * scrape.
 */
export function addWorkMetrics(
  registry: Registry,
  prefix: string,
): (work: WorkName, stats: WorkStats) => void {
  const registers = [registry];
  const labelNames = ["work"] as const;
  const underWay = new Gauge({
    name: `${prefix}work_under_way`,
    help: "Cost of the running work: rows (history), one each (requests), pages (resume).",
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
    help: "Requests refused for lack of room: that of their address (429), or of all (503).",
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
