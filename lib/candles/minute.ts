import type { CandleValues } from "./candle.ts";
import { add, compare, multiply, ZERO } from "./decimal.ts";
import type { Trade } from "./trade.ts";

/**
 * The merge of one minute's trades so far; `addTrade` changes it in place, since it is on the path of
 * every trade. Its values are those of a candle.
 */
export type MinuteMerge = {
  -readonly [Name in keyof CandleValues]: NonNullable<CandleValues[Name]>;
};

/** A minute's merge with its first trade. */
export function beginMinute(trade: Trade): MinuteMerge {
  const { price, size, tradeId } = trade;
  return {
    open: price,
    high: price,
    low: price,
    close: price,
    volume: size,
    quoteVolume: multiply(price, size),
    buyVolume: trade.side === "SELL" ? size : ZERO,
    trades: 1,
    firstTradeId: tradeId,
    lastTradeId: tradeId,
  };
}

/**
 * Merges one more trade, in any order: the ids decide on open and close. A trade must come only
 * once; the caller drops repeated ids.
 */
export function addTrade(minute: MinuteMerge, trade: Trade): void {
  const { price, size, tradeId } = trade;
  if (tradeId > minute.lastTradeId) {
    minute.close = price;
    minute.lastTradeId = tradeId;
  } else if (tradeId < minute.firstTradeId) {
    minute.open = price;
    minute.firstTradeId = tradeId;
  }
  if (compare(price, minute.high) > 0) minute.high = price;
  else if (compare(price, minute.low) < 0) minute.low = price;
  minute.volume = add(minute.volume, size);
  minute.quoteVolume = add(minute.quoteVolume, multiply(price, size));
  // The side is the maker's, so where the maker sold, the taker bought.
  if (trade.side === "SELL") minute.buyVolume = add(minute.buyVolume, size);
  minute.trades++;
}

/**
 * Resumes a stored minute. Null where it is unknown which trades it holds (its count differs from
 * its ids' span, or it is the exchange's own candle): such a minute must be rebuilt from all its
 * trades.
 */
export function resumeMinute(values: CandleValues): MinuteMerge | null {
  const { trades, quoteVolume, buyVolume, firstTradeId, lastTradeId } = values;
  if (
    trades === null || quoteVolume === null || buyVolume === null || firstTradeId === null ||
    lastTradeId === null || trades !== lastTradeId - firstTradeId + 1
  ) return null;
  const { open, high, low, close, volume } = values;
  return {
    open,
    high,
    low,
    close,
    volume,
    quoteVolume,
    buyVolume,
    trades,
    firstTradeId,
    lastTradeId,
  };
}
