import assert from "node:assert/strict";
import { decimal } from "../../candles/decimal.ts";
import { productId } from "../../candles/product.ts";
import { Catalogue } from "../../exchange/catalogue.ts";
import type { CatalogueProduct } from "../../exchange/catalogue_product.ts";
import {
  answerUdfConfig,
  answerUdfSearch,
  answerUdfSymbol,
  answerUdfSymbolInfo,
  answerUdfTime,
} from "./catalogue.ts";

const BTC = product("BTC-USD", "Bitcoin", "900", "0.01");
const ETH = product("ETH-USD", "Ethereum", "800", "0.0005");
const WBTC = product("WBTC-USD", "Wrapped Bitcoin", "700", "5");
const PEPE = { ...product("PEPE-USD", "Pepe", "1", null), price: decimal("0.00000123") };

const KNOWN = new Catalogue();
KNOWN.set([ETH, PEPE, WBTC, BTC]);

Deno.test("udf config - search is there, and every resolution", async () => {
  const config = await answerUdfConfig(new Request("http://x/udf/config")).json();
  assert.equal(config.supports_search, true);
  assert.equal(config.supports_group_request, false);
  assert.equal(config.supports_time, true);
  assert.ok(config.supported_resolutions.includes("1D"));
});

Deno.test("udf time - is epoch seconds as bare text", async () => {
  const answer = answerUdfTime(1_704_567_600);
  assert.equal(answer.headers.get("content-type"), "text/plain");
  assert.equal(await answer.text(), "1704567600");
});

Deno.test("udf symbols - a price's tick is minmov / pricescale, whatever the increment is", async () => {
  const tick = async (symbol: string) => {
    const { minmov, pricescale } = await requestUdf(`symbols?symbol=${symbol}`);
    return [minmov, pricescale];
  };
  assert.deepEqual(await tick("BTC-USD"), [1, 100]);
  assert.deepEqual(await tick("ETH-USD"), [5, 10_000]);
  assert.deepEqual(await tick("WBTC-USD"), [5, 1]);
  assert.deepEqual(
    await tick("PEPE-USD"),
    [1, 10 ** 8],
    "an unknown increment: the price's digits",
  );
});

Deno.test("udf symbols - a symbol is found with the exchange before it and in any case", async () => {
  for (const symbol of ["BTC-USD", "Coinbase:BTC-USD", "COINBASE:btc-usd"]) {
    const info = await requestUdf(`symbols?symbol=${symbol}`);
    assert.equal(info.ticker, "BTC-USD", symbol);
    assert.equal(info.description, "Bitcoin / USD");
  }
});

Deno.test("udf symbols - an error has what the client reads, and every bad value", async () => {
  const unknown = await answerUdfSymbol(KNOWN, request("symbols?symbol=NO-USD"));
  assert.equal(unknown.status, 404);
  const body = await unknown.json();
  assert.equal(body.s, "error");
  assert.match(body.errmsg, /No such product: NO-USD/);
  const bad = await answerUdfSymbol(KNOWN, request("symbols?symbol=n%20o"));
  assert.equal(bad.status, 400);
  const { s, errmsg, errors } = await bad.json();
  assert.equal(s, "error");
  assert.match(errmsg, /symbol must be a product id such as BTC-USD/);
  assert.deepEqual(errors.map(({ parameter }: { parameter: string }) => parameter), ["symbol"]);
  const early = answerUdfSymbol(new Catalogue(), request("symbols?symbol=BTC-USD"));
  assert.equal(early.status, 503);
  assert.equal(early.headers.get("retry-after"), "5");
  assert.equal((await early.json()).s, "error");
});

Deno.test("udf search - what begins with the text comes first, then what contains it", async () => {
  const found = async (query: string) =>
    (await requestUdf(`search?${query}`)).map(({ symbol }: { symbol: string }) => symbol);
  assert.deepEqual(await found("query=BTC"), ["BTC-USD", "WBTC-USD"]);
  assert.deepEqual(await found("query=bitcoin"), ["BTC-USD", "WBTC-USD"]);
  assert.deepEqual(await found("query=ETHUSD"), ["ETH-USD"]);
  assert.deepEqual(await found("query=&limit=2"), ["BTC-USD", "ETH-USD"]);
  assert.deepEqual(await found("query=&type=crypto&exchange=Coinbase"), await found(""));
  assert.deepEqual(await found("query=BTC&type=stock"), []);
  assert.deepEqual(await found("query=BTC&exchange=NYSE"), []);
});

Deno.test("udf search - a limit or text out of bounds is named", async () => {
  for (const query of ["limit=0", "limit=1001", `query=${"A".repeat(65)}`]) {
    const answer = answerUdfSearch(KNOWN, request(`search?${query}`));
    assert.equal(answer.status, 400, query);
    assert.equal((await answer.json()).s, "error");
  }
});

Deno.test("udf symbol_info - every column is one value, or a list as long as the table", async () => {
  const table: Record<string, unknown> = await requestUdf("symbol_info?group=Coinbase");
  assert.deepEqual(table.symbol, ["BTC-USD", "ETH-USD", "WBTC-USD", "PEPE-USD"]);
  for (const [name, column] of Object.entries(table)) {
    if (Array.isArray(column)) assert.equal(column.length, 4, name);
  }
  assert.equal(answerUdfSymbolInfo(KNOWN, request("symbol_info?group=NYSE")).status, 400);
});

function product(
  id: string,
  baseName: string,
  volume: string,
  increment: string | null,
): CatalogueProduct {
  const [base = "", quote = ""] = id.split("-");
  return {
    id: productId(id),
    baseName,
    baseCurrency: base,
    quoteCurrency: quote,
    price: decimal("5"),
    priceChange24h: null,
    volume24h: null,
    quoteVolume24h: decimal(volume),
    quoteIncrement: increment === null ? null : decimal(increment),
    status: "online",
  };
}

function request(path: string): Request {
  return new Request(`http://x/udf/${path}`);
}

async function requestUdf(path: string) {
  const http = request(path);
  const answer = path.startsWith("symbols")
    ? answerUdfSymbol(KNOWN, http)
    : path.startsWith("search")
    ? answerUdfSearch(KNOWN, http)
    : answerUdfSymbolInfo(KNOWN, http);
  assert.equal(answer.status, 200, path);
  return await answer.json();
}
