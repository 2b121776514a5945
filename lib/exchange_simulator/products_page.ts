import type { Exchange, Listing } from "./exchange.ts";
import { fixedPoint } from "./fixed_point.ts";
import { productProfile } from "./product_profile.ts";

/** A product as REST lists it; every number is a string, and any of them may be empty. */
export type ProductRow = Readonly<Record<string, unknown>>;

/** All products the exchange lists at `nowMicros`, twins and dead ones among them. */
export function productRows(exchange: Exchange, seed: number, nowMicros: number): ProductRow[] {
  const rows: ProductRow[] = [];
  for (const [id, listing] of exchange.listings) {
    rows.push(row(id, listing, nowMicros, twinsOf(exchange, id), ""));
  }
  for (const [twin, id] of exchange.twins) {
    const listing = exchange.listings.get(id);
    if (listing) rows.push(row(twin, listing, nowMicros, [], id));
  }
  if (exchange.twins.size > 0) rows.push(delisted(seed), hidden(seed));
  return rows;
}

function twinsOf(exchange: Exchange, id: string): string[] {
  return [...exchange.twins].filter(([, own]) => own === id).map(([twin]) => twin);
}

function row(
  id: string,
  listing: Listing,
  nowMicros: number,
  aliasTo: readonly string[],
  alias: string,
): ProductRow {
  const { market, past, isNew } = listing;
  const { profile } = market;
  const price = Number(fixedPoint(market.lastTicks(), profile.priceDecimals));
  const dayAgo = past.roughPrice(nowMicros / 1e6 - 86_400);
  const usd = market.tradesPerSecond * 86_400 * profile.medianUsd * 3.6;
  const volume = usd / price;
  return {
    ...staticFields(id, profile.baseName, profile.priceDecimals, profile.sizeDecimals),
    price: fixedPoint(market.lastTicks(), profile.priceDecimals),
    price_percentage_change_24h: isNew ? "" : String((price / dayAgo - 1) * 100),
    volume_24h: isNew ? "" : volume.toFixed(profile.sizeDecimals),
    volume_percentage_change_24h: isNew ? "" : "-3.12345678901234",
    approximate_quote_24h_volume: isNew ? "" : usd.toFixed(2),
    new: isNew,
    status: market.online ? "online" : "delisted",
    is_disabled: !market.online,
    trading_disabled: !market.online,
    alias,
    alias_to: aliasTo,
  };
}

/** Coinbase continues to list products that stopped trading, their numbers empty. */
function delisted(seed: number): ProductRow {
  const { priceDecimals, sizeDecimals } = productProfile("LUNA-USD", seed);
  return {
    ...staticFields("LUNA-USD", "Terra", priceDecimals, sizeDecimals),
    status: "delisted",
    is_disabled: true,
    trading_disabled: true,
  };
}

/** Listed, online, but only to be looked at: no trades come. */
function hidden(seed: number): ProductRow {
  const { priceDecimals, sizeDecimals } = productProfile("WBTC-USD", seed);
  return {
    ...staticFields("WBTC-USD", "Wrapped Bitcoin", priceDecimals, sizeDecimals),
    view_only: true,
  };
}

function staticFields(id: string, baseName: string, priceDecimals: number, sizeDecimals: number) {
  const [base = id, quote = "USD"] = id.split("-");
  const baseIncrement = fixedPoint(1, sizeDecimals);
  const quoteIncrement = fixedPoint(1, priceDecimals);
  return {
    product_id: id,
    price: "",
    price_percentage_change_24h: "",
    volume_24h: "",
    volume_percentage_change_24h: "",
    base_increment: baseIncrement,
    quote_increment: quoteIncrement,
    quote_min_size: "1",
    quote_max_size: "150000000",
    base_min_size: baseIncrement,
    base_max_size: "3400000000",
    base_name: baseName,
    quote_name: quote === "USD" ? "US Dollar" : "USDC",
    watched: false,
    is_disabled: false,
    new: false,
    status: "online",
    cancel_only: false,
    limit_only: false,
    post_only: false,
    trading_disabled: false,
    auction_mode: false,
    product_type: "SPOT",
    quote_currency_id: quote,
    base_currency_id: base,
    fcm_trading_session_details: null,
    mid_market_price: "",
    alias: "",
    alias_to: new Array<string>(),
    base_display_symbol: base,
    quote_display_symbol: "USD",
    view_only: false,
    price_increment: quoteIncrement,
    display_name: id,
    product_venue: "CBE",
    approximate_quote_24h_volume: "",
  };
}
