import type { Candle } from "../candles/candle.ts";
import { runsOn } from "../candles/stretch.ts";
import type { Disagreement } from "../exchange/disagreement.ts";
import { agrees, type ExchangeCandle, type ExchangeValues } from "../exchange/exchange_candle.ts";

/** The result of comparing a stretch. */
export interface Comparison {
  /** Exact candles that equal the exchange's. */
  readonly equal: number;
  readonly different: readonly Disagreement[];
}

/**
 * Compares the exact ones of our candles (of one product and granularity, ascending) with the exchange's of the same
 * stretch. Where ours prove that nothing was traded between two of them, a candle of the exchange there is a
 * difference, too.
 */
export function compareStretch(
  ours: readonly Candle[],
  exchanges: readonly ExchangeCandle[],
): Comparison {
  const byStart = new Map(exchanges.map((candle) => [candle.start, candle]));
  const different: Disagreement[] = [];
  let equal = 0;
  for (const [i, candle] of ours.entries()) {
    const before = ours[i - 1];
    if (before !== undefined && runsOn(before, candle)) {
      for (const exchange of exchanges) {
        if (exchange.start <= before.start || exchange.start >= candle.start) continue;
        different.push(disagreement(exchange, null, exchange));
      }
    }
    if (!candle.exact) continue;
    const exchange = byStart.get(candle.start) ?? null;
    if (exchange !== null && agrees(candle, exchange)) equal++;
    else different.push(disagreement(candle, candle, exchange));
  }
  return { equal, different };
}

/** Of one bucket, named by either candle. */
export function disagreement(
  { productId, granularity, start }: Pick<Candle, "productId" | "granularity" | "start">,
  ours: ExchangeValues | null,
  exchanges: ExchangeValues | null,
): Disagreement {
  return {
    productId,
    granularity,
    start,
    ours: ours === null ? null : audited(ours),
    exchanges: exchanges === null ? null : audited(exchanges),
  };
}

function audited({ open, high, low, close, volume }: ExchangeValues): ExchangeValues {
  return { open, high, low, close, volume };
}
