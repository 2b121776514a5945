import assert from "node:assert/strict";
import { join } from "node:path";
import { ENDPOINTS } from "../../lib/api/endpoints.ts";
import { scenario } from "../harness/scenario.ts";
import { newDirectory } from "../servers.ts";
import { npmSpecifier, runChecked, runNpmProgram } from "../harness/npm_program.ts";

/** A program of a user who has generated types from the description and calls everything with them. */
const PROGRAM = `import createClient from "${npmSpecifier("openapi-fetch")}";
import type { components, paths } from "./api.ts";

const client = createClient<paths>({ baseUrl: Deno.args[0] });
const product = "BTC-USD";
const granularity = "ONE_MINUTE";
const query = { product, granularity, limit: 3 };

function whole<T>({ data, error }: { data?: T; error?: components["schemas"]["Problem"] }): T {
  if (data === undefined) throw new Error(error?.title);
  return data;
}

const page = whole(await client.GET("/api/candles", { params: { query } }));
const closes: number[] = page.candles.map(({ close }) => close);
const next: string | null = page.next;
const range = { product, granularity, start: 0, end: "2040-01-01T00:00:00Z", limit: 300 };
const { candles } = whole(await client.GET("/api/candles", { params: { query: range } }));
const newest: components["schemas"]["Candle"] | undefined = candles.at(-1);
const csv: string = whole(await client.GET("/api/candles.csv", { params: { query }, parseAs: "text" }));
const lines: string = whole(await client.GET("/api/candles.ndjson", { params: { query }, parseAs: "text" }));
const file: ArrayBuffer = whole(await client.GET("/api/candles.parquet", { params: { query }, parseAs: "arrayBuffer" }));
const { products } = whole(await client.GET("/api/products"));
const one = whole(await client.GET("/api/products/{id}", { params: { path: { id: product } } }));
const chart = whole(await client.GET("/history", { params: { query: { symbol: product, granularity } } }));
const config = whole(await client.GET("/udf/config"));
const symbol = whole(await client.GET("/udf/symbols", { params: { query: { symbol: product } } }));
const found = whole(await client.GET("/udf/search", { params: { query: { query: "BTC", limit: 5 } } }));
const bars = whole(await client.GET("/udf/history", { params: { query: { symbol: product, resolution: "1", countback: 3 } } }));
const table = whole(await client.GET("/udf/symbol_info"));
const time: string = whole(await client.GET("/udf/time", { parseAs: "text" }));
const alive: string = whole(await client.GET("/healthz", { parseAs: "text" }));
const { data: ready } = await client.GET("/readyz");
const drawn = await client.GET("/stream/chart", {
  params: { query: { product, granularity } },
  parseAs: "stream",
});
await drawn.data?.cancel();
const metrics: string = whole(await client.GET("/metrics", { parseAs: "text" }));

const stream = await client.GET("/stream", {
  params: { query: { products: product, granularities: granularity } },
  parseAs: "stream",
});
const reader = stream.data?.pipeThrough(new TextDecoderStream()).getReader();
let events = "";
while (!events.includes("event: candle")) events += (await reader?.read())?.value ?? "";
await reader?.cancel();
const [, data = ""] = /^data: (.*)$/m.exec(events) ?? [];
const live: components["schemas"]["Candle"] = JSON.parse(data);
const reset: components["schemas"]["StreamReset"] = { last_event_id: "7", reason: "expired" };

const wrong = await client.GET("/api/candles", { params: { query: { ...query, product: "nothing" } } });
const allowed = wrong.error?.errors?.[0]?.parameter;

// @ts-expect-error a limit is a number
void (() => client.GET("/api/candles", { params: { query: { product, granularity, limit: "300" } } }));
// @ts-expect-error there is no such part of a page
void page.candle;
// @ts-expect-error a product must be named
void (() => client.GET("/api/candles", { params: { query: { granularity } } }));

console.log(JSON.stringify({
  closes: closes.length,
  next,
  newest: newest?.product_id,
  csv: csv.split("\\r\\n").length,
  lines: lines.trimEnd().split("\\n").length,
  file: new TextDecoder().decode(file.slice(0, 4)),
  products: products.length,
  one: one.base_currency,
  chart: chart.candles.length > 0,
  config: config.supported_resolutions.length > 5,
  symbol: symbol.ticker,
  found: found.length > 0,
  bars: bars.t?.length,
  table: table.symbol.length,
  time: Number(time) > 0,
  alive: alive.trim(),
  metrics: metrics.includes("# HELP"),
  ready: ready?.ready,
  drawn: drawn.response.headers.get("content-type"),
  live: live.granularity,
  reset: reset.reason,
  allowed,
}));
`;

Deno.test("openapi - the generated client's program calls every path of the description", () => {
  const missing = ENDPOINTS.filter(({ path }) => !PROGRAM.includes(`client.GET("${path}"`));
  assert.deepEqual(missing.map(({ path }) => path), []);
});

Deno.test(
  "openapi - a client that openapi-typescript generates has types that hold, against the running app",
  scenario({}, async (it) => {
    await it.minutes(6, 50);
    const folder = await newDirectory();
    const address = `${it.app.url}/openapi.json`;
    const made = await runNpmProgram("openapi-typescript", [address, "-o", "api.ts"], folder);
    assert.ok(made.success, made.complaints);
    await Deno.writeTextFile(join(folder, "program.ts"), PROGRAM);
    const { success, output, complaints } = await runChecked("program.ts", [it.app.url], folder);
    assert.ok(success, complaints);
    console.log(output.trim());
    const { products, table, next, ...shown } = JSON.parse(output);
    assert.ok(products > 1 && table === products && next.startsWith("/api/candles?"), output);
    assert.deepEqual(shown, {
      closes: 3,
      newest: "BTC-USD",
      csv: 5,
      lines: 3,
      file: "PAR1",
      one: "BTC",
      chart: true,
      config: true,
      symbol: "BTC-USD",
      found: true,
      bars: 3,
      time: true,
      alive: "ok",
      metrics: true,
      ready: true,
      drawn: "text/event-stream",
      live: "ONE_MINUTE",
      reset: "expired",
      allowed: "product",
    });
  }),
);
