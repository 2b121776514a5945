import type { Exchange, Listing } from "./exchange.ts";
import { fixedPoint } from "./fixed_point.ts";
import { productRows } from "./products_page.ts";
import type { TradeListing } from "./trade_listing.ts";
import { listedTradeJson, wireTrade } from "./trade_text.ts";

const MAX_CANDLES = 350;
const DEFAULT_TRADES = 100;
const GRANULARITIES: Readonly<Record<string, number>> = {
  ONE_MINUTE: 60,
  FIVE_MINUTE: 300,
  FIFTEEN_MINUTE: 900,
  THIRTY_MINUTE: 1800,
  ONE_HOUR: 3600,
  TWO_HOUR: 7200,
  FOUR_HOUR: 14_400,
  SIX_HOUR: 21_600,
  ONE_DAY: 86_400,
};

/** Status and JSON text of one answer. */
export interface RestAnswer {
  readonly status: number;
  readonly body: string;
}

/**
 * Answers one GET below `/api/v3/brokerage` as Coinbase's public market endpoints do; `path` has
 * that prefix removed.
 */
export function answerRest(
  exchange: Exchange,
  seed: number,
  path: string,
  query: URLSearchParams,
  nowMicros: number,
  trades: TradeListing,
): RestAnswer {
  const parts = path.split("/").filter((part) => part !== "");
  if (parts[0] !== "market" || parts[1] !== "products") return notFound("unknown path");
  const productId = parts[2];
  if (productId === undefined) return productsPage(exchange, seed, query, nowMicros);
  const id = decodeURIComponent(productId);
  const listing = exchange.listings.get(exchange.twins.get(id) ?? id);
  if (parts.length === 3) {
    const row = productRows(exchange, seed, nowMicros).find((row) => row.product_id === id);
    return row ? ok(row) : notFound(`ProductID "${id}" could not be found.`);
  }
  if (!listing) return notFound(`ProductID "${id}" could not be found.`);
  if (parts[3] === "candles") return candlesPage(listing, query);
  if (parts[3] === "ticker") return tickerPage(listing, query, nowMicros, trades);
  return notFound("unknown path");
}

function productsPage(
  exchange: Exchange,
  seed: number,
  query: URLSearchParams,
  nowMicros: number,
): RestAnswer {
  const type = query.get("product_type");
  const wanted = new Set(query.getAll("product_ids"));
  const offset = Number(query.get("offset") ?? 0);
  const limit = Number(query.get("limit") ?? 0) || Infinity;
  if (!(offset >= 0) || !(limit >= 0)) return badRequest("limit and offset must be numbers");
  const rows = productRows(exchange, seed, nowMicros)
    .filter((row) => !type || type === "UNKNOWN_PRODUCT_TYPE" || row.product_type === type)
    .filter((row) => wanted.size === 0 || wanted.has(String(row.product_id)));
  const products = rows.slice(offset, offset + limit);
  return ok({ products, num_products: products.length });
}

function candlesPage({ market, candles }: Listing, query: URLSearchParams): RestAnswer {
  const start = unixSeconds(query.get("start"));
  const end = unixSeconds(query.get("end"));
  const granularity = query.get("granularity") ?? "";
  const seconds = GRANULARITIES[granularity];
  const limit = query.has("limit") ? Number(query.get("limit")) : MAX_CANDLES;
  if (seconds === undefined) return badRequest(`invalid granularity: ${granularity}`);
  if (start === null || end === null) return badRequest("start and end must be unix seconds");
  if (start > end) return badRequest("start must be before end");
  if (!(limit >= 1 && limit <= MAX_CANDLES)) return badRequest("limit must be from 1 to 350");
  if ((end - start) / seconds >= MAX_CANDLES) {
    return badRequest(
      "start and end argument is invalid - number of candles requested should be less than 350",
    );
  }
  const { priceDecimals, sizeDecimals } = market.profile;
  const rows = candles.candles(seconds, start, end).reverse().slice(0, limit).map((candle) => ({
    start: String(candle.start),
    low: fixedPoint(candle.low, priceDecimals),
    high: fixedPoint(candle.high, priceDecimals),
    open: fixedPoint(candle.open, priceDecimals),
    close: fixedPoint(candle.close, priceDecimals),
    volume: fixedPoint(candle.volume, sizeDecimals),
  }));
  return ok({ candles: rows });
}

function tickerPage(
  { market }: Listing,
  query: URLSearchParams,
  nowMicros: number,
  listing: TradeListing,
): RestAnswer {
  const limit = query.has("limit") ? Number(query.get("limit")) : DEFAULT_TRADES;
  if (!(limit >= 1)) return badRequest("limit must be a positive number");
  const start = query.has("start") ? unixSeconds(query.get("start")) : 0;
  const end = query.has("end") ? unixSeconds(query.get("end")) : Infinity;
  if (start === null || end === null) return badRequest("start and end must be unix seconds");
  const { profile } = market;
  const trades = listing.page(market, { start, end, limit }, nowMicros)
    .map((index) => listedTradeJson(wireTrade(market, index)));
  const ticks = market.lastTicks();
  const bid = fixedPoint(Math.max(1, ticks - 1), profile.priceDecimals);
  const ask = fixedPoint(ticks + 1, profile.priceDecimals);
  return {
    status: 200,
    body: `{"trades":[${trades.join(",")}],"best_bid":"${bid}","best_ask":"${ask}"}`,
  };
}

/** Whole unix seconds; null for anything else, milliseconds among it. */
function unixSeconds(text: string | null): number | null {
  return text !== null && /^\d{1,11}$/.test(text) ? Number(text) : null;
}

function ok(value: unknown): RestAnswer {
  return { status: 200, body: JSON.stringify(value) };
}

function badRequest(message: string): RestAnswer {
  return failure(400, "INVALID_ARGUMENT", message);
}

function notFound(message: string): RestAnswer {
  return failure(404, "NOT_FOUND", message);
}

function failure(status: number, error: string, message: string): RestAnswer {
  return { status, body: JSON.stringify({ error, error_details: message, message }) };
}
