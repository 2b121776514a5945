import assert from "node:assert/strict";
import { Registry } from "prom-client";
import { productId } from "../candles/product.ts";
import { unknownAbsence } from "../exchange/absence.ts";
import { addPartMetrics } from "./part_metrics.ts";
import { addQueueMetrics } from "./queue_metrics.ts";

Deno.test("a part is in one state, and leaves it for the next", async () => {
  const registry = new Registry();
  const observe = addPartMetrics(registry, "");
  const up = { state: "up", detail: null } as const;
  const products = { ...up, unavailable: [unknownAbsence(productId("XYZ-USD"))] };
  const status = { feed: up, products, bus: up, store: up, repair: null, version: "1.2.3" };
  observe(status);
  observe({ ...status, store: { state: "down", detail: "refused" } });
  const text = await registry.metrics();
  assert.match(text, /^part_state\{part="store",state="down"\} 1$/m);
  assert.match(text, /^part_state\{part="store",state="up"\} 0$/m);
  assert.match(text, /^part_state\{part="feed",state="up"\} 1$/m);
  assert.match(text, /^products_unavailable 1$/m);
  assert.match(text, /^info\{version="1.2.3"\} 1$/m);
});

Deno.test("a queue says how full it is", async () => {
  const registry = new Registry();
  const observe = addQueueMetrics(registry, "");
  observe("feed", { length: 80_000, capacity: 100_000 });
  const text = await registry.metrics();
  assert.match(text, /^queue_length\{queue="feed"\} 80000$/m);
  assert.match(text, /^queue_utilisation_ratio\{queue="feed"\} 0.8$/m);
});
