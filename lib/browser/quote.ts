import type { CandleState } from "../candles/candle.ts";

/** The part of a candle that the dashboard needs: product, start, state and last price as it was sent. */
export interface Quote extends CandleState {
  readonly productId: string;
  readonly start: number;
  /** Plain notation with every digit. */
  readonly close: string;
}

const [PRODUCT_ID, START, CLOSE, IS_COMPLETE, EXACT, REVISION] = [
  /"product_id":"([^"]+)"/,
  /"timestamp":(\d+)/,
  /"close":(\d[\d.]*)/,
  /"is_complete":(true|false)/,
  /"exact":(true|false)/,
  /"revision":(\d+)/,
] as const;

/**
 * Reads a candle's quote directly from the text on the wire, with its keys in any order: a tenth of the decoder's code,
 * and no value passes through a float. Null if it is not a candle.
 */
export function readQuote(text: string): Quote | null {
  const value = (key: RegExp) => key.exec(text)?.[1];
  const productId = value(PRODUCT_ID);
  const start = value(START);
  const close = value(CLOSE);
  const isComplete = value(IS_COMPLETE);
  const exact = value(EXACT);
  const revision = value(REVISION);
  if (
    productId === undefined || start === undefined || close === undefined ||
    isComplete === undefined || exact === undefined || revision === undefined
  ) return null;
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
 * written out here, and tested against the original, since importing that would bring all of the
 * decimal arithmetic.
 */
export function isAtLeast(next: Quote, held: Quote): boolean {
  return next.start !== held.start ? next.start > held.start : rank(next) >= rank(held);
}

function rank({ isComplete, exact, revision }: CandleState): number {
  return (Number(isComplete) * 2 + Number(exact)) * 2 ** 40 + revision;
}
