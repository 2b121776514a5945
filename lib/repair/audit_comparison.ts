import type { Candle } from "../candles/candle.ts";
import { compare } from "../candles/decimal.ts";
import type { EpochSeconds, Granularity } from "../candles/granularity.ts";
import type { ProductId } from "../candles/product.ts";
import { runsOn } from "../candles/stretch.ts";
import type { ExchangeCandle } from "../exchange/exchange_candle.ts";

/** What our candles and the exchange's own both have. */
export type AuditedValues = Pick<Candle, "open" | "high" | "low" | "close" | "volume">;

/** A bucket in which an exact candle and the exchange's own are not the same. Null: there is none. */
export interface Disagreement {
  readonly productId: ProductId;
  readonly granularity: Granularity;
  readonly start: EpochSeconds;
  readonly ours: AuditedValues | null;
  readonly exchanges: AuditedValues | null;
}

/** How a stretch compares. */
export interface Comparison {
  /** Exact candles that the exchange has just so. */
  readonly equal: number;
  readonly different: readonly Disagreement[];
}

/** Whether two candles have the same open, high, low, close and volume, to the last digit. */
export function agrees(a: AuditedValues, b: AuditedValues): boolean {
  return compare(a.open, b.open) === 0 && compare(a.high, b.high) === 0 &&
    compare(a.low, b.low) === 0 && compare(a.close, b.close) === 0 &&
    compare(a.volume, b.volume) === 0;
}

/**
 * Compares the exact ones of our candles (of one product and granularity, ascending) with the exchange's of the same
 * stretch. Where ours prove that nothing was traded between two of them, a candle of the exchange's is a difference too.
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
  ours: AuditedValues | null,
  exchanges: AuditedValues | null,
): Disagreement {
  return {
    productId,
    granularity,
    start,
    ours: ours === null ? null : audited(ours),
    exchanges: exchanges === null ? null : audited(exchanges),
  };
}

function audited({ open, high, low, close, volume }: AuditedValues): AuditedValues {
  return { open, high, low, close, volume };
}
