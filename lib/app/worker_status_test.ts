import assert from "node:assert/strict";
import { epochSeconds } from "../candles/granularity.ts";
import { OFF, STARTING, type Status } from "../metrics/status.ts";
import { workerStatus } from "./worker_status.ts";

const UP = { state: "up", detail: null } as const;
const DOWN = { state: "down", detail: "away" } as const;

const OWN: Status = {
  feed: OFF,
  products: { ...OFF, unavailable: [] },
  connections: [],
  bus: UP,
  store: UP,
  repair: null,
  webhooks: [],
  workers: null,
  simulated: false,
  version: "1",
  startedAt: epochSeconds(2),
};
const PARENT: Status = { ...OWN, feed: UP, products: { ...UP, unavailable: [] } };

Deno.test("worker status - bus and store are the worse of both, the rest is the parent's", () => {
  assert.deepEqual(workerStatus(OWN, PARENT), PARENT);
  const { bus, store } = workerStatus({ ...OWN, bus: STARTING }, { ...PARENT, store: DOWN });
  assert.deepEqual([bus, store], [STARTING, DOWN]);
});

Deno.test("worker status - while the parent does not answer, feed and products are down and say so", () => {
  const { feed, products, bus } = workerStatus(OWN, null);
  assert.deepEqual([feed.state, products.state, bus.state], ["down", "down", "up"]);
  assert.match(feed.detail ?? "", /does not answer/);
});
