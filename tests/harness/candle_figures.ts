import type { Candle } from "../../lib/candles/candle.ts";
import { type Decimal, formatDecimal } from "../../lib/candles/decimal.ts";
import type { TruthCandle } from "../../lib/exchange_simulator/mod.ts";

/**
 * How a candle's values differ from the exchange's trades, digit by digit; null if they do not. The exchange's own
 * candle, which has no counts, is compared in what it has.
 */
export function differenceFromTruth(candle: Candle, truth: TruthCandle): string | null {
  const pairs: (readonly [name: string, is: string, expected: string])[] = [
    ["open", formatDecimal(candle.open), truth.open],
    ["high", formatDecimal(candle.high), truth.high],
    ["low", formatDecimal(candle.low), truth.low],
    ["close", formatDecimal(candle.close), truth.close],
    ["volume", formatDecimal(candle.volume), truth.volume],
  ];
  if (candle.trades !== null) {
    pairs.push(
      ["trades", String(candle.trades), String(truth.trades)],
      ["quote_volume", textOf(candle.quoteVolume), truth.quoteVolume],
      ["buy_volume", textOf(candle.buyVolume), truth.buyVolume],
      ["first_trade_id", String(candle.firstTradeId), String(truth.firstTradeId)],
      ["last_trade_id", String(candle.lastTradeId), String(truth.lastTradeId)],
    );
  }
  const different = pairs.filter(([, is, expected]) => is !== expected);
  if (different.length === 0) return null;
  return different.map(([name, is, expected]) => `${name} ${is}, not ${expected}`).join("; ");
}

function textOf(value: Decimal | null): string {
  return value === null ? "null" : formatDecimal(value);
}
