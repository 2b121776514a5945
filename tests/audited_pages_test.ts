import assert from "node:assert/strict";
import type { RepairState, Status } from "../app.ts";
import { epochSeconds } from "../lib/candles/granularity.ts";
import { productId } from "../lib/candles/product.ts";
import { AuditDates } from "../lib/history/audit_dates.ts";
import { catalogueOf } from "./sample_products.ts";
import { openWebApp } from "./web_app.ts";

const BTC = productId("BTC-USD");
const ETH = productId("ETH-USD");
const UP = { state: "up", detail: null } as const;

const REPAIR: RepairState = {
  gapsOpen: 0,
  gapsOpened: 0,
  gapsRepaired: 0,
  gapsUnrepairable: 0,
  daysWaiting: 0,
  past: {
    doubtful: 0,
    unshown: 0,
    products: 0,
    daysLeft: 0,
    pagesLeft: 0,
    secondsLeft: 0,
    hidden: 0,
  },
  unseeded: 0,
  audit: {
    counts: { equal: 14_400, different: 2, confirmed: 1, resolved: 1 },
    standing: 1,
    newest: [{
      product: BTC,
      granularity: "ONE_MINUTE",
      start: epochSeconds(1_775_566_800),
      ours: "1 2 1 2 3.00000001",
      exchanges: null,
      state: "confirmed",
    }],
  },
  pages: { named: 0, live: 0, end: 0, placeholder: 0, past: 0, audit: 0 },
  oldestGapMs: null,
};

const STATUS: Status = {
  feed: UP,
  products: { ...UP, unavailable: [] },
  connections: [],
  bus: UP,
  store: UP,
  repair: REPAIR,
  webhooks: [],
  workers: null,
  simulated: false,
  version: "1",
  startedAt: epochSeconds(1),
};

Deno.test("audit - the API and the chart page show until when a product was compared, and status what differs", async () => {
  const dates = new Map([[BTC, epochSeconds(1_775_566_800)]]);
  const app = await openWebApp({}, {
    catalogue: catalogueOf([BTC, ETH]),
    auditDates: new AuditDates(() => Promise.resolve(dates)),
    status: () => STATUS,
  });
  const request = async (path: string) => {
    const headers = { accept: "text/html" };
    return await (await app.handler(new Request(`http://localhost${path}`, { headers }))).text();
  };
  try {
    assert.equal(JSON.parse(await request("/api/products/BTC-USD")).audited_until, 1_775_566_800);
    assert.equal(JSON.parse(await request("/api/products/ETH-USD")).audited_until, null);
    assert.match(
      await request("/products/BTC-USD"),
      /own candles until <time datetime="2026-04-07T13:00:00Z">7 Apr 2026, 13:00 UTC<\/time>/,
    );
    assert.doesNotMatch(await request("/products/ETH-USD"), /own candles until/);
    const status = await request("/status");
    assert.match(status, /Still different an hour later<\/dt><dd>1<\/dd>/);
    assert.match(status, /BTC-USD ONE_MINUTE 7 Apr 2026, 13:00/);
    assert.match(status, /<td>confirmed<\/td><td>1 2 1 2 3\.00000001<\/td><td>none<\/td>/);
  } finally {
    await app.close();
  }
});
