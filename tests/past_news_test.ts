import assert from "node:assert/strict";
import { epochSeconds } from "../lib/candles/granularity.ts";
import { productId } from "../lib/candles/product.ts";
import { ExactPasts } from "../lib/history/exact_pasts.ts";
import { catalogueOf } from "./sample_products.ts";
import { openWebApp } from "./web_app.ts";

const BTC = productId("BTC-USD");
const ETH = productId("ETH-USD");
const SINCE = epochSeconds(Math.floor(Date.now() / 60_000) * 60 - 3600);

/** An app whose database has a version of the past, and since when products are exact. */
async function appOf() {
  const past = { version: "1", starts: new Map([[BTC, SINCE]]) };
  const app = await openWebApp({}, {
    catalogue: catalogueOf([BTC, ETH]),
    exactPasts: new ExactPasts({ starts: () => Promise.resolve(past.starts), exactDays: 7 }),
    pastVersion: () => Promise.resolve(past.version),
  });
  const request = (path: string, headers: Record<string, string> = {}) =>
    app.handler(new Request(`http://localhost${path}`, { headers }));
  return { app, past, request };
}

Deno.test("past news - a page's past is answered with a tag, and without a body to a client that has it", async () => {
  const { app, past, request } = await appOf();
  try {
    const path = "/products/BTC-USD/past?granularity=ONE_HOUR";
    const answer = await request(path);
    const { exact, version, figures } = await answer.json();
    assert.deepEqual([answer.status, version], [200, "1"]);
    assert.deepEqual(exact, { since: SINCE, state: "growing" });
    assert.deepEqual([figures.high, figures.low], [null, null], "there is no day yet");
    const tag = answer.headers.get("etag") ?? "";
    const again = await request(path, { "if-none-match": tag });
    assert.deepEqual([again.status, await again.text()], [304, ""]);
    past.version = "2";
    const changed = await request(path, { "if-none-match": tag });
    assert.equal((await changed.json()).version, "2");
  } finally {
    await app.close();
  }
});

Deno.test("past news - bad parameters are named, and an unknown product is not found", async () => {
  const { app, request } = await appOf();
  try {
    const bad = await request("/products/BTC-USD/past?granularity=7x");
    const { errors } = await bad.json();
    assert.equal(bad.status, 400);
    assert.deepEqual([errors[0].parameter, errors[0].value], ["granularity", "7x"]);
    const unknown = await request("/products/NO-SUCH/past?granularity=1h");
    assert.equal(unknown.status, 404);
    assert.equal(unknown.headers.get("content-type"), "application/problem+json");
  } finally {
    await app.close();
  }
});

Deno.test("past news - a dashboard's rows show since when each product is exact", async () => {
  const { app, request } = await appOf();
  try {
    const answer = await request("/market/rows");
    const { exact, rows } = await answer.json();
    assert.match(exact, /^1 of 2 exact since \d+ \w+/);
    assert.deepEqual(rows.map(({ id }: { id: string }) => id).sort(), ["BTC-USD", "ETH-USD"]);
    const tag = answer.headers.get("etag") ?? "";
    assert.equal((await request("/market/rows", { "if-none-match": tag })).status, 304);
  } finally {
    await app.close();
  }
});

Deno.test("past news - dashboard and chart page show exactness without script, in words", async () => {
  const { app, request } = await appOf();
  try {
    const dashboard = await (await request("/")).text();
    assert.match(
      dashboard,
      /<span data-exact="growing" title="Exact since [^"]+ UTC, and growing">/,
    );
    assert.match(dashboard, /<span data-exact="none" title="Not exact yet">/);
    assert.match(dashboard, /role="tooltip" id="exact-meaning">An exact candle holds every trade/);
    const chart = await (await request("/products/BTC-USD")).text();
    assert.match(chart, /Exact since [^<]+ UTC, and growing/);
    assert.match(
      chart,
      /role="tooltip" id="exact-past-meaning">Every candle from [^<]+ so it will reach further back\./,
    );
    assert.match(await (await request("/products/ETH-USD")).text(), /Not exact yet/);
  } finally {
    await app.close();
  }
});
