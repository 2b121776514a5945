import { type Candle, NOT_FROM_TRADES } from "../candles/candle.ts";
import { formatDecimal, parseDecimal } from "../candles/decimal.ts";
import type { Granularity } from "../candles/granularity.ts";
import { epochSeconds } from "../candles/granularity.ts";
import type { ProductId } from "../candles/product.ts";

/**
 * A page's first candles as compact text, one line each:
 * `start,open,high,low,close,volume,trades,quoteVolume,state,revision`, an unknown value being empty and
 * the state one letter: `e`xact, `c`losed, `l`ive. A third of the wire's size, and as exact.
 */
export function writeCandleRows(candles: readonly Candle[]): string {
  return candles.map((candle) =>
    [
      candle.start,
      formatDecimal(candle.open),
      formatDecimal(candle.high),
      formatDecimal(candle.low),
      formatDecimal(candle.close),
      formatDecimal(candle.volume),
      candle.trades ?? "",
      candle.quoteVolume === null ? "" : formatDecimal(candle.quoteVolume),
      candle.exact ? "e" : candle.isComplete ? "c" : "l",
      candle.revision,
    ].join(",")
  ).join("\n");
}

/** Reads `writeCandleRows`' text; invalid lines are left out. Fields that rows lack are null. */
export function readCandleRows(
  text: string,
  productId: ProductId,
  granularity: Granularity,
): Candle[] {
  return text.split("\n").flatMap((line) => readRow(line, productId, granularity) ?? []);
}

function readRow(line: string, productId: ProductId, granularity: Granularity): Candle | null {
  const [
    start,
    openText,
    highText,
    lowText,
    closeText,
    volumeText,
    trades,
    quote,
    state,
    revision,
  ] = line.split(",");
  const open = parseDecimal(openText);
  const high = parseDecimal(highText);
  const low = parseDecimal(lowText);
  const close = parseDecimal(closeText);
  const volume = parseDecimal(volumeText);
  if (
    open === null || high === null || low === null || close === null || volume === null ||
    !/^\d{1,12}$/.test(start ?? "") || !/^\d{1,9}$/.test(revision ?? "")
  ) return null;
  return {
    productId,
    granularity,
    start: epochSeconds(Number(start)),
    open,
    high,
    low,
    close,
    volume,
    ...NOT_FROM_TRADES,
    trades: trades === "" ? null : Number(trades),
    quoteVolume: parseDecimal(quote),
    isComplete: state !== "l",
    exact: state === "e",
    revision: Number(revision),
  };
}
