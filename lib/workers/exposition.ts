import { AggregatorRegistry } from "prom-client";
import type { Figures } from "../metrics/status.ts";
import type { MetricFamily, Report } from "./messages.ts";

/** The families that every web process has; all others are the parent's alone. */
const OF_WORKERS =
  /^(process_|spot_canvas_(stream_|work_|requests_refused|answers_|heap_used|event_loop_lag))/;
/** Those that the parent has as well. It has no listener, and so none of the others. */
const OF_ALL = /^(process_|spot_canvas_(heap_used|event_loop_lag))/;

/** One exposition of all processes: the parent's series unchanged, each worker's with its number as a label. */
export async function exposition(
  parent: readonly MetricFamily[],
  workers: ReadonlyMap<number, readonly MetricFamily[]>,
): Promise<string> {
  const own = parent.filter(({ name }) => !OF_WORKERS.test(name) || OF_ALL.test(name));
  const theirs = [...workers].map(([number, families]) =>
    families.filter(({ name }) => OF_WORKERS.test(name)).map((family) => labelled(family, number))
  );
  return await AggregatorRegistry.aggregate([own, ...theirs]).metrics();
}

function labelled(family: MetricFamily, worker: number): MetricFamily {
  const values = family.values.map((value) => ({
    ...value,
    labels: { ...value.labels, worker: `${worker}` },
  }));
  return { ...family, values };
}

/** The figures of all processes together. */
export function sumOf(parent: Figures, workers: readonly Report[]): Figures {
  return workers.reduce((sum, { figures }) => ({
    counts: added(sum.counts, figures.counts),
    streams: added(sum.streams, figures.streams),
    closedQueued: sum.closedQueued,
    memoryBytes: sum.memoryBytes + figures.memoryBytes,
  }), parent);
}

function added<T extends Readonly<Record<keyof T, number>>>(a: T, b: T): T {
  const sum = { ...a };
  for (const key in sum) Object.assign(sum, { [key]: a[key] + b[key] });
  return sum;
}
