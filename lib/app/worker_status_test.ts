import assert from "node:assert/strict";
import { OFF, STARTING, type Status } from "../metrics/status.ts";
import { STATUS } from "../metrics/test_status.ts";
import { workerStatus } from "./worker_status.ts";

const DOWN = { state: "down", detail: "away" } as const;
const PARENT = STATUS;
/** Of a process that follows no feed. */
const OWN: Status = { ...STATUS, feed: OFF, products: { ...OFF, unavailable: [] } };

Deno.test("worker status - bus and store are the worse of both, the rest is the parent's", () => {
  assert.deepEqual(workerStatus(OWN, PARENT), PARENT);
  const { bus, store } = workerStatus({ ...OWN, bus: STARTING }, { ...PARENT, store: DOWN });
  assert.deepEqual([bus, store], [STARTING, DOWN]);
});

Deno.test("worker status - while the parent does not answer, feed and products are down and reported so", () => {
  const { feed, products, bus } = workerStatus(OWN, null);
  assert.deepEqual([feed.state, products.state, bus.state], ["down", "down", "up"]);
  assert.match(feed.detail ?? "", /does not answer/);
});
