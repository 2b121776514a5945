import type { CandleState } from "../candles/candle.ts";

/** What the dashboard wants of a candle: whose it is, which one, and its last price as it was sent. */
export interface Quote extends CandleState {
  readonly productId: string;
  readonly start: number;
  /** Plain notation with every digit. */
  readonly close: string;
}

const QUOTE =
  /"product_id":"([^"]+)".*"timestamp":(\d+),.*"close":([\d.]+),.*"is_complete":(true|false),.*"exact":(true|false),"revision":(\d+)/;

/**
 * Reads a candle's quote straight from the text that our server writes (`encodeCandle`, whose order of
 * keys it relies on), a tenth of the code of the whole decoder. Null if it is not that.
 */
export function readQuote(text: string): Quote | null {
  const [, productId, start, close, isComplete, exact, revision] = QUOTE.exec(text) ?? [];
  if (productId === undefined || close === undefined) return null;
  return {
    productId,
    start: Number(start),
    close,
    isComplete: isComplete === "true",
    exact: exact === "true",
    revision: Number(revision),
  };
}

/**
 * `supersedes` for quotes: a later start wins, and for the same start the order among states. It is
 * spelt out here, and tested against the original, since that one brings all of decimal arithmetic.
 */
export function isAtLeast(next: Quote, held: Quote): boolean {
  return next.start !== held.start ? next.start > held.start : rank(next) >= rank(held);
}

function rank({ isComplete, exact, revision }: CandleState): number {
  return (Number(isComplete) * 2 + Number(exact)) * 2 ** 40 + revision;
}
