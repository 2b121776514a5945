import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import type { FeedEvent } from "../exchange/feed_event.ts";
import type { FeedStats } from "../exchange/trade_feed.ts";

/** Metrics of the exchange's feed. */
export interface FeedMetrics {
  /** Counts an event when it is taken: the lag of trades, and reconnections. */
  take(event: FeedEvent): void;
  /** Copies the feed's own numbers, before each scrape. */
  observe(stats: FeedStats): void;
  /** Resets the feed's gauges when it is closed. */
  closed(): void;
}

/** From the exchange's usual latency to a message that waited in a queue for a minute. */
const LAG_SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** Registers the feed's metrics. `nowMs` is compared with the exchange's timestamps, so the clock must be right. */
export function addFeedMetrics(
  registry: Registry,
  prefix: string,
  nowMs: () => number = Date.now,
): FeedMetrics {
  const registers = [registry];
  const lag = new Histogram({
    name: `${prefix}feed_lag_seconds`,
    help: "Time from the exchange's sending of trades to their merging.",
    buckets: LAG_SECONDS,
    registers,
  });
  const reconnects = new Counter({
    name: `${prefix}feed_reconnects_total`,
    help: "Feed connections that were opened again.",
    registers,
  });
  const losses = new Counter({
    name: `${prefix}feed_losses_total`,
    help: "Times that messages of a connection may have been missed, by reason.",
    labelNames: ["reason"],
    registers,
  });
  const open = new Gauge({
    name: `${prefix}feed_connections`,
    help: "Connections to the exchange's feed open now.",
    registers,
  });
  const wanted = new Gauge({
    name: `${prefix}feed_connections_wanted`,
    help: "Connections to the exchange's feed that should be open.",
    registers,
  });
  const refused = new Gauge({
    name: `${prefix}feed_products_refused`,
    help: "Products that the exchange refuses to send.",
    registers,
  });
  /** Connections of this feed that were open before. */
  const opened = new Set<number>();
  return {
    take(event) {
      if (event.kind === "trades" && !event.snapshot) {
        lag.observe(Math.max(0, nowMs() - event.timestampMs) / 1000);
      } else if (event.kind === "connection" && event.state === "open") {
        if (opened.has(event.connection)) reconnects.inc();
        opened.add(event.connection);
      }
    },
    observe(stats) {
      open.set(stats.connections.filter(({ state }) => state === "open").length);
      wanted.set(stats.connections.length);
      refused.set(stats.connections.reduce((sum, { delivery }) => sum + delivery.refused.size, 0));
      losses.reset();
      for (const [reason, count] of Object.entries(stats.losses)) losses.inc({ reason }, count);
    },
    closed() {
      opened.clear();
      open.set(0);
      wanted.set(0);
      refused.set(0);
    },
  };
}
