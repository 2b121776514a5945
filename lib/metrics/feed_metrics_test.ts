import assert from "node:assert/strict";
import { Registry } from "prom-client";
import type { FeedEvent } from "../exchange/feed_event.ts";
import { addFeedMetrics } from "./feed_metrics.ts";

const NOW_MS = 1_750_000_000_000;

function connection(number: number, state: "open" | "closed"): FeedEvent {
  return { kind: "connection", connection: number, state, products: [] };
}

function trades(timestampMs: number, snapshot = false): FeedEvent {
  return { kind: "trades", connection: 1, snapshot, timestampMs, trades: [] };
}

async function textAfter(events: readonly FeedEvent[]): Promise<string> {
  const registry = new Registry();
  const metrics = addFeedMetrics(registry, "", () => NOW_MS);
  for (const event of events) metrics.take(event);
  return await registry.metrics();
}

Deno.test("feed metrics - a connection that opens again is a reconnect, another one's first opening is not", async () => {
  const text = await textAfter([
    connection(1, "open"),
    connection(2, "open"),
    connection(1, "closed"),
    connection(1, "open"),
  ]);
  assert.match(text, /^feed_reconnects_total 1$/m);
});

Deno.test("feed metrics - lag is how long ago live trades were sent; snapshots do not affect it", async () => {
  const text = await textAfter([
    trades(NOW_MS - 200),
    trades(NOW_MS - 4000),
    trades(NOW_MS - 900_000, true),
  ]);
  assert.match(text, /^feed_lag_seconds_count 2$/m);
  assert.match(text, /^feed_lag_seconds_sum 4\.2$/m);
  assert.match(text, /^feed_lag_seconds_bucket\{le="0.25"\} 1$/m);
});

Deno.test("feed metrics - an exchange whose clock is ahead of ours has no negative lag", async () => {
  assert.match(await textAfter([trades(NOW_MS + 5000)]), /^feed_lag_seconds_sum 0$/m);
});

Deno.test("feed metrics - losses are the feed's own count, however often they are scraped", async () => {
  const registry = new Registry();
  const metrics = addFeedMetrics(registry, "");
  const stats = {
    connections: [],
    queued: 0,
    capacity: 10,
    overflowed: 0,
    losses: { disconnected: 3, sequence: 1, heartbeat: 0, overflow: 0 },
  };
  metrics.observe(stats);
  metrics.observe(stats);
  assert.match(await registry.metrics(), /^feed_losses_total\{reason="disconnected"\} 3$/m);
});
