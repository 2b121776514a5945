import assert from "node:assert/strict";
import { decimal } from "../candles/decimal.ts";
import { epochSeconds } from "../candles/granularity.ts";
import { productId } from "../candles/product.ts";
import { ExchangeError, openExchangeRest, UnknownProductError } from "./rest.ts";
import { RestServer } from "./fake_rest_server.ts";

const BTC = productId("BTC-USD");
const MINUTE = epochSeconds(1_775_572_200);

function tradeRow(id: number, rest: Record<string, unknown> = {}) {
  const time = "2026-04-07T14:30:02.789012Z";
  return { trade_id: `${id}`, product_id: BTC, price: "1", size: "2", side: "SELL", time, ...rest };
}

function candleRow(start: number, rest: Record<string, unknown> = {}) {
  return { start: `${start}`, open: "2", high: "3", low: "1", close: "2.5", volume: "7", ...rest };
}

Deno.test("exchange REST - products are read page by page until nothing new comes, numbers exact or null", async () => {
  const ids = Array.from({ length: 700 }, (_, index) => `P${index}-USD`);
  await using server = new RestServer((url) => {
    const offset = Number(url.searchParams.get("offset"));
    // The exchange may give fewer than requested.
    const page = ids.slice(offset, offset + 250).map((product_id) => ({ product_id }));
    return Response.json({ products: page, num_products: page.length });
  });
  const rest = openExchangeRest({ url: server.url, requestsPerSecond: 1000 });
  assert.deepEqual((await rest.products()).map((product) => product.productId), ids);
  assert.equal(server.requests[0]?.url.searchParams.get("product_type"), "SPOT");
});

Deno.test("exchange REST - an exchange that ignores the offset is not requested endlessly", async () => {
  await using server = new RestServer(() => Response.json({ products: [{ product_id: BTC }] }));
  const rest = openExchangeRest({ url: server.url, requestsPerSecond: 1000 });
  assert.equal((await rest.products()).length, 1);
  assert.equal(server.requests.length, 2);
});

Deno.test("exchange REST - a product's fields are read, a bad row is left out and counted", async () => {
  const row = {
    product_id: "BTC-USD",
    price: "68900.50",
    price_percentage_change_24h: "-1.25",
    volume_24h: "",
    approximate_quote_24h_volume: "123456789012345678.9",
    base_increment: "0.00000001",
    quote_increment: null,
    base_name: "Bitcoin",
    quote_name: "US Dollar",
    base_currency_id: "BTC",
    quote_currency_id: "USD",
    status: "online",
    trading_disabled: false,
    is_disabled: false,
    view_only: true,
    alias: "",
    alias_to: ["BTC-USDC", "nonsense!"],
    display_name: "BTC/USD",
  };
  await using server = new RestServer((url) =>
    Response.json({
      products: url.searchParams.get("offset") === "0" ? [row, null, { product_id: "x" }] : null,
    })
  );
  const dropped: string[] = [];
  const onDropped = (reason: string) => dropped.push(reason);
  const rest = openExchangeRest({ url: server.url, requestsPerSecond: 1000, onDropped });
  assert.deepEqual(await rest.products(), [{
    productId: BTC,
    price: decimal("68900.5"),
    priceChange24h: decimal("-1.25"),
    volume24h: null,
    quoteVolume24h: decimal("123456789012345678.9"),
    baseIncrement: decimal("0.00000001"),
    quoteIncrement: null,
    baseName: "Bitcoin",
    quoteName: "US Dollar",
    baseCurrency: "BTC",
    quoteCurrency: "USD",
    status: "online",
    tradingDisabled: false,
    isDisabled: false,
    viewOnly: true,
    alias: null,
    aliasTo: [productId("BTC-USDC")],
  }]);
  assert.deepEqual(dropped, ["product", "product"]);
});

Deno.test("exchange REST - candles come ascending, their end exclusive though the exchange's is inclusive", async () => {
  await using server = new RestServer((url) => {
    const [start, end] = ["start", "end"].map((name) => Number(url.searchParams.get(name)));
    const rows = [];
    for (let at = end ?? 0; at >= (start ?? 0); at -= 60) rows.push(candleRow(at));
    return Response.json({ candles: rows });
  });
  const rest = openExchangeRest({ url: server.url, requestsPerSecond: 1000 });
  const end = epochSeconds(MINUTE + 700 * 60);
  const candles = await rest.candles(BTC, "ONE_MINUTE", MINUTE, end);
  assert.deepEqual(
    candles.map(({ start }) => start),
    Array.from({ length: 700 }, (_, i) => MINUTE + i * 60),
  );
  assert.deepEqual(candles[0], {
    productId: BTC,
    granularity: "ONE_MINUTE",
    start: MINUTE,
    open: decimal("2"),
    high: decimal("3"),
    low: decimal("1"),
    close: decimal("2.5"),
    volume: decimal("7"),
  });
  assert.deepEqual(server.requests.map(({ url }) => url.searchParams.get("limit")), [
    "300",
    "300",
    "300",
  ]);
  assert.deepEqual(await rest.candles(BTC, "ONE_MINUTE", end, end), []);
});

Deno.test("exchange REST - an unaligned range requests the buckets that start within it", async () => {
  await using server = new RestServer(() =>
    Response.json({ candles: [candleRow(MINUTE), candleRow(MINUTE + 60), candleRow(MINUTE + 120)] })
  );
  const rest = openExchangeRest({ url: server.url, requestsPerSecond: 1000 });
  const candles = await rest.candles(
    BTC,
    "ONE_MINUTE",
    epochSeconds(MINUTE + 1),
    epochSeconds(MINUTE + 61),
  );
  assert.deepEqual(candles.map(({ start }) => start), [MINUTE + 60]);
  const query = server.requests[0]?.url.searchParams;
  assert.deepEqual([query?.get("start"), query?.get("end")], [`${MINUTE + 60}`, `${MINUTE + 60}`]);
});

Deno.test("exchange REST - a candle that cannot be is left out and counted", async () => {
  const bad = [
    candleRow(MINUTE + 1),
    candleRow(MINUTE, { start: "soon" }),
    candleRow(MINUTE, { open: "" }),
    candleRow(MINUTE, { low: "0" }),
    candleRow(MINUTE, { high: "2.4" }),
    candleRow(MINUTE, { low: "2.1" }),
    candleRow(MINUTE, { volume: "-1" }),
    7,
  ];
  await using server = new RestServer(() =>
    Response.json({ candles: [...bad, candleRow(MINUTE)] })
  );
  const dropped: string[] = [];
  const onDropped = (reason: string) => dropped.push(reason);
  const rest = openExchangeRest({ url: server.url, requestsPerSecond: 1000, onDropped });
  assert.equal(
    (await rest.candles(BTC, "ONE_MINUTE", MINUTE, epochSeconds(MINUTE + 300))).length,
    1,
  );
  assert.deepEqual(dropped, Array(bad.length).fill("candle"));
});

Deno.test("exchange REST - trades come ascending by id without repetition, past the exchange's cache", async () => {
  const rows = [tradeRow(9), tradeRow(7), tradeRow(9), tradeRow(8), tradeRow(6, { size: "0" })];
  const foreign = tradeRow(5, { product_id: "ETH-USD" });
  await using server = new RestServer(() =>
    Response.json({ trades: [...rows, foreign] }, {
      headers: { date: "Tue, 07 Apr 2026 14:30:05 GMT" },
    })
  );
  const dropped: string[] = [];
  const onDropped = (reason: string) => dropped.push(reason);
  const rest = openExchangeRest({ url: server.url, requestsPerSecond: 1000, onDropped });
  const { trades, answeredAtMs, unreadable } = await rest.trades(BTC, {
    start: 5,
    end: 9,
    limit: 5000,
  });
  assert.deepEqual(trades.map(({ tradeId }) => tradeId), [7, 8, 9]);
  assert.equal(answeredAtMs, Date.UTC(2026, 3, 7, 14, 30, 5));
  assert.deepEqual(dropped, ["size", "product_id"]);
  assert.equal(unreadable, 2, "a reader of contiguous ids sees that some are missing");
  const [request] = server.requests;
  assert.equal(request?.url.pathname, "/api/v3/brokerage/market/products/BTC-USD/ticker");
  assert.equal(request?.url.search, "?limit=1000&start=5&end=9");
  assert.equal(request?.headers.get("cache-control"), "no-cache");
});

Deno.test("exchange REST - a long page of trades is read in slices, between which other work has its turn", async () => {
  // A row without a price in each slice shows at which turn that slice was read.
  const rows = Array.from({ length: 1000 }, (_, at) => tradeRow(1000 - at));
  for (const at of [10, 260, 510, 760]) rows[at] = tradeRow(1000 - at, { price: "" });
  await using server = new RestServer(() => Response.json({ trades: rows }));
  let turn = 0;
  const turns: number[] = [];
  const rest = openExchangeRest({
    url: server.url,
    requestsPerSecond: 1000,
    onDropped: () => turns.push(turn),
  });
  let isOver = false;
  const count = () => {
    turn++;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  const { trades, unreadable } = await rest.trades(BTC, { limit: 1000 });
  isOver = true;
  assert.equal(unreadable, 4);
  assert.deepEqual(
    trades.map(({ tradeId }) => tradeId),
    Array.from({ length: 1000 }, (_, at) => at + 1)
      .filter((id) => ![990, 740, 490, 240].includes(id)),
  );
  assert.equal(new Set(turns).size, 4, `slices were read at turns ${turns}`);
});

Deno.test("exchange REST - an answer without a date gets the time of its request", async () => {
  const fetched = () => Promise.resolve(Response.json({ trades: [] }));
  const url = "http://exchange.invalid";
  const rest = openExchangeRest({ url, requestsPerSecond: 1000, fetch: fetched, now: () => 17 });
  assert.deepEqual(await rest.trades(BTC, { limit: 1 }), {
    trades: [],
    answeredAtMs: 17,
    unreadable: 0,
  });
});

Deno.test("exchange REST - a product that the exchange does not know has its own error, immediately", async () => {
  await using server = new RestServer(() => Response.json({ error: "NOT_FOUND" }, { status: 404 }));
  const rest = openExchangeRest({ url: server.url, requestsPerSecond: 1000 });
  const candles = rest.candles(BTC, "ONE_MINUTE", MINUTE, epochSeconds(MINUTE + 60));
  await assert.rejects(candles, UnknownProductError);
  await assert.rejects(rest.trades(BTC, { limit: 1 }), { productId: BTC, status: 404 });
  await assert.rejects(
    rest.products(),
    (error: unknown) => error instanceof ExchangeError && !(error instanceof UnknownProductError),
  );
  assert.equal(server.requests.length, 3);
});

Deno.test("exchange REST - an address that is not HTTP is refused immediately", () => {
  assert.throws(
    () => openExchangeRest({ url: "ws://example.com", requestsPerSecond: 8 }),
    TypeError,
  );
});
