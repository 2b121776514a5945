import assert from "node:assert/strict";
import { Registry } from "prom-client";
import { productId } from "../candles/product.ts";
import { unknownAbsence } from "../exchange/absence.ts";
import { addPartMetrics } from "./part_metrics.ts";
import { addQueueMetrics } from "./queue_metrics.ts";

Deno.test("part metrics - a part is in one state, and leaves it for the next", async () => {
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

Deno.test("part metrics - repair shows the wanted pages, and none once the process does not ingest", async () => {
  const registry = new Registry();
  const observe = addPartMetrics(registry, "");
  const up = { state: "up", detail: null } as const;
  const status = {
    feed: up,
    products: { ...up, unavailable: [] },
    bus: up,
    store: up,
    version: "",
  };
  const repair = {
    gapsOpen: 1,
    gapsOpened: 1,
    gapsRepaired: 0,
    gapsUnrepairable: 0,
    daysWaiting: 0,
    past: {
      doubtful: 0,
      unshown: 0,
      products: 2,
      daysLeft: 3.5,
      pagesLeft: 10,
      secondsLeft: null,
      hidden: 1,
    },
    unseeded: 3,
    audit: {
      counts: { equal: 0, different: 0, confirmed: 0, resolved: 0 },
      standing: 0,
      newest: [],
    },
    pages: { named: 1, live: 2, end: 0, placeholder: 0, past: 0, audit: 0 },
    oldestGapMs: 4_500,
  };
  observe({ ...status, repair });
  const text = await registry.metrics();
  assert.match(text, /^repair_pages_wanted\{class="live"\} 2$/m);
  assert.match(text, /^repair_oldest_gap_seconds 4.5$/m);
  assert.match(text, /^past_days_left 3.5$/m);
  assert.match(text, /^past_seconds_left Nan$/mi);
  assert.match(text, /^past_products_hidden 1$/m);
  observe({ ...status, repair: null });
  const later = await registry.metrics();
  assert.doesNotMatch(later, /^repair_pages_wanted\{/m);
  assert.match(later, /^repair_oldest_gap_seconds 0$/m);
});

Deno.test("part metrics - a queue reports its length and capacity", async () => {
  const registry = new Registry();
  const observe = addQueueMetrics(registry, "");
  observe("feed", { length: 80_000, capacity: 100_000 });
  const text = await registry.metrics();
  assert.match(text, /^queue_length\{queue="feed"\} 80000$/m);
  assert.match(text, /^queue_utilisation_ratio\{queue="feed"\} 0.8$/m);
});
