import assert from "node:assert/strict";
import { startExchangeSimulator } from "./mod.ts";

const START = Date.UTC(2026, 3, 7, 14, 30, 2);
const options = {
  manual: true,
  clock: { startAt: START },
  historyHours: 0.2,
  tradesPerSecond: 100,
};

async function get(url: string, headers: HeadersInit = {}) {
  const response = await fetch(url, { headers });
  const text = await response.text();
  return { status: response.status, text, json: JSON.parse(text) };
}

Deno.test("simulator REST - products are paged, with every number a string", async () => {
  await using simulator = await startExchangeSimulator(options);
  const url = `${simulator.restUrl}/market/products?product_type=SPOT`;
  const { json: { products } } = await get(url);
  const first = await get(`${url}&limit=15`);
  const second = await get(`${url}&limit=15&offset=15`);
  assert.deepEqual([...first.json.products, ...second.json.products], products);
  const [btc] = products;
  assert.equal(btc.product_id, "BTC-USD");
  assert.equal(btc.base_increment, "0.00000001");
  assert.deepEqual(btc.alias_to, ["BTC-USDC"]);
  for (
    const field of ["price", "price_percentage_change_24h", "volume_24h", "base_min_size"] as const
  ) {
    assert.equal(typeof btc[field], "string");
    assert.ok(Number.isFinite(Number(btc[field])) && btc[field] !== "", field);
  }
});

Deno.test("simulator REST - products that no client must follow are listed too, some numbers empty", async () => {
  await using simulator = await startExchangeSimulator(options);
  const { json: { products } } = await get(`${simulator.restUrl}/market/products`);
  const extra = products.filter((row: { product_id: string }) =>
    !simulator.products.includes(row.product_id)
  );
  const byId = new Map<string, Record<string, unknown>>(
    extra.map((row: { product_id: string }) => [row.product_id, row]),
  );
  assert.equal(byId.get("ETH-USDC")?.alias, "ETH-USD");
  assert.equal(byId.get("LUNA-USD")?.status, "delisted");
  assert.equal(byId.get("LUNA-USD")?.price, "");
  assert.equal(byId.get("WBTC-USD")?.view_only, true);
});

Deno.test("simulator REST - the ticker gives the newest trades, or those of a span of seconds", async () => {
  await using simulator = await startExchangeSimulator(options);
  simulator.advance(5000);
  const url = `${simulator.restUrl}/market/products/BTC-USD/ticker`;
  const made = [...simulator.truth.trades("BTC-USD")];
  const newest = await get(`${url}?limit=7`);
  assert.deepEqual(
    newest.json.trades.map((t: { trade_id: string }) => t.trade_id),
    made.slice(-7).reverse().map((t) => t.tradeId),
  );
  const start = START / 1000 - 60;
  const span = await get(`${url}?limit=1000&start=${start}&end=${start + 10}`);
  const expected = made.filter(({ time }) =>
    Date.parse(time) >= start * 1000 && Date.parse(time) < (start + 10) * 1000
  );
  assert.ok(expected.length > 20);
  assert.deepEqual(
    span.json.trades.map((t: { trade_id: string }) => t.trade_id),
    expected.reverse().map((t) => t.tradeId),
  );
});

Deno.test("simulator REST - more than a thousand trades in one second cannot be fetched", async () => {
  await using simulator = await startExchangeSimulator(options);
  simulator.advance(5000);
  simulator.control({ command: "burst", product: "BTC-USD", trades: 5000, spanMs: 900 });
  const second = START / 1000 + 4;
  const { json } = await get(
    `${simulator.restUrl}/market/products/BTC-USD/ticker?limit=5000&start=${second}&end=${
      second + 1
    }`,
  );
  assert.equal(json.trades.length, 1000);
});

Deno.test("simulator REST - candles come newest first, end included, and are the trades' own", async () => {
  await using simulator = await startExchangeSimulator(options);
  simulator.advance(30_000);
  const end = Math.floor(START / 60_000) * 60;
  const { json } = await get(
    `${simulator.restUrl}/market/products/SHIB-USD/candles?granularity=ONE_MINUTE` +
      `&start=${end - 300}&end=${end}`,
  );
  assert.deepEqual(
    json.candles.map((row: Record<string, string>) => [
      Number(row.start),
      ...[row.open, row.high, row.low, row.close, row.volume].map(Number),
    ]),
    simulator.truth.candles("SHIB-USD", 60, end - 300, end + 60).reverse().map((candle) => [
      candle.start,
      ...[candle.open, candle.high, candle.low, candle.close, candle.volume].map(Number),
    ]),
  );
  assert.equal(json.candles[0].start, String(end));
});

Deno.test("simulator REST - 350 candles are answered, 351 are refused", async () => {
  await using simulator = await startExchangeSimulator(options);
  const url = `${simulator.restUrl}/market/products/BTC-USD/candles?granularity=ONE_HOUR`;
  const start = 1_772_000_000 - (1_772_000_000 % 3600);
  const most = await get(`${url}&start=${start}&end=${start + 349 * 3600}`);
  assert.equal(most.json.candles.length, 350);
  assert.equal((await get(`${url}&start=${start}&end=${start + 350 * 3600}`)).status, 400);
});

Deno.test("simulator REST - a bad request is a 400, an unknown product a 404, both in JSON", async () => {
  await using simulator = await startExchangeSimulator(options);
  const btc = `${simulator.restUrl}/market/products/BTC-USD`;
  for (
    const [url, status] of [
      [`${btc}/candles?granularity=FIVE_MINUTES&start=1&end=2`, 400],
      [`${btc}/candles?granularity=ONE_MINUTE&start=1775571602000&end=1775571602000`, 400],
      [`${btc}/candles?granularity=ONE_MINUTE&start=yesterday&end=2`, 400],
      [`${btc}/ticker?limit=none`, 400],
      [`${simulator.restUrl}/market/products/NO-USD/ticker?limit=1`, 404],
      [`${simulator.restUrl}/orders`, 404],
    ] as const
  ) {
    const answer = await get(url);
    assert.equal(answer.status, status, url);
    assert.ok(answer.json.error && answer.json.message, url);
  }
});

Deno.test("simulator REST - answers are a second old at most, and fresh with no-cache", async () => {
  await using simulator = await startExchangeSimulator(options);
  const url = `${simulator.restUrl}/market/products/BTC-USD/ticker?limit=1`;
  const first = await get(url);
  simulator.advance(900);
  assert.equal((await get(url)).text, first.text);
  const fresh = await get(url, { "cache-control": "no-cache" });
  assert.notEqual(fresh.text, first.text);
  simulator.advance(1100);
  assert.notEqual((await get(url)).text, fresh.text);
});

Deno.test("simulator REST - with limits, the eleventh request of a second is a 429 with retry-after", async () => {
  await using simulator = await startExchangeSimulator({ ...options, limits: true });
  const url = `${simulator.restUrl}/market/products?limit=1`;
  const answers = await Promise.all(Array.from({ length: 11 }, () => fetch(url)));
  await Promise.all(answers.map((answer) => answer.text()));
  const refused = answers.filter(({ status }) => status === 429);
  assert.equal(refused.length, 1);
  assert.equal(refused[0]?.headers.get("retry-after"), "1");
  simulator.advance(1000);
  assert.equal((await get(url)).status, 200);
});

Deno.test("simulator REST - an answer's date is the exchange's time, and it knows of every trade until then", async () => {
  await using simulator = await startExchangeSimulator(options);
  simulator.control({ command: "clock", byMs: 90_000 });
  const response = await fetch(`${simulator.restUrl}/market/products/BTC-USD/ticker?limit=1`);
  const { trades: [newest] } = await response.json();
  assert.equal(Date.parse(response.headers.get("date") ?? ""), START + 90_000);
  assert.ok(Date.parse(newest.time) > START + 80_000, newest.time);
});
