import { Gauge, type Registry } from "prom-client";

/** The bounded queues that a trade passes through. */
export type QueueName = "feed" | "closed";

/** A queue's level; `length` and `capacity` have the queue's own unit. */
export interface QueueLevel {
  readonly length: number;
  readonly capacity: number;
}

/**
 * Registers the queues' metrics. Returns a function that copies a queue's level, before each
 * scrape.
 */
export function addQueueMetrics(
  registry: Registry,
  prefix: string,
): (queue: QueueName, level: QueueLevel) => void {
  const registers = [registry];
  const labelNames = ["queue"] as const;
  const lengths = new Gauge({
    name: `${prefix}queue_length`,
    help: "Items waiting in a queue: trades (feed), candles (closed).",
    labelNames,
    registers,
  });
  const utilisation = new Gauge({
    name: `${prefix}queue_utilisation_ratio`,
    help: "How full a queue is. From 0.8 on it is about to drop.",
    labelNames,
    registers,
  });
  return (queue, { length, capacity }) => {
    lengths.set({ queue }, length);
    utilisation.set({ queue }, length / capacity);
  };
}
