import { fixedPoint } from "./fixed_point.ts";
import type { Market } from "./market.ts";
import { isoTime } from "./wire_time.ts";

/** One trade's fields as Coinbase spells them. `side` is the maker's. */
export interface WireTrade {
  readonly tradeId: string;
  readonly productId: string;
  readonly price: string;
  readonly size: string;
  readonly side: "BUY" | "SELL";
  readonly time: string;
}

export function wireTrade(market: Market, index: number): WireTrade {
  const { profile } = market;
  const size = market.signedSize(index);
  return {
    tradeId: String(market.tradeId(index)),
    productId: profile.productId,
    price: fixedPoint(market.ticks(index), profile.priceDecimals),
    size: fixedPoint(Math.abs(size), profile.sizeDecimals),
    side: size < 0 ? "SELL" : "BUY",
    time: isoTime(market.micros(index)),
  };
}

/** The trade as an object of the `market_trades` channel; concatenated, as this is the hot path. */
export function tradeJson(trade: WireTrade): string {
  return `{"trade_id":"${trade.tradeId}","product_id":"${trade.productId}","price":"${trade.price}"` +
    `,"size":"${trade.size}","side":"${trade.side}","time":"${trade.time}"}`;
}

/** The trade as REST lists it. */
export function listedTradeJson(trade: WireTrade): string {
  return `{"trade_id":"${trade.tradeId}","product_id":"${trade.productId}","price":"${trade.price}"` +
    `,"size":"${trade.size}","time":"${trade.time}","side":"${trade.side}"` +
    `,"bid":"","ask":"","exchange":""}`;
}
