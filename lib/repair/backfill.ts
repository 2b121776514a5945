import type { Candle } from "../candles/candle.ts";
import type { EpochSeconds, Granularity } from "../candles/granularity.ts";
import type { ProductId } from "../candles/product.ts";
import { estimateOf } from "../exchange/exchange_candle.ts";
import type { ExchangeCandle } from "../exchange/exchange_candle.ts";
import type { Piece } from "./missing_history.ts";

/** Where the exchange's candles come from. Its own rate holds whoever asks. */
export interface CandleSource {
  candles(
    productId: ProductId,
    granularity: Granularity,
    start: EpochSeconds,
    end: EpochSeconds,
    waiting: { readonly priority: number; readonly signal?: AbortSignal },
  ): Promise<readonly ExchangeCandle[]>;
}

/** Where they go, and where it is remembered that they were requested. */
export interface BackfillParts {
  readonly source: CandleSource;
  readonly candles: { upsert(candles: readonly Candle[]): Promise<number> };
  readonly coverage: {
    markCovered(
      productId: ProductId,
      granularity: Granularity,
      stretch: { readonly start: EpochSeconds; readonly end: EpochSeconds },
    ): Promise<void>;
  };
}

/** How one piece ended. */
export type PieceOutcome =
  | {
    readonly kind: "stored";
    readonly piece: Piece;
    readonly asked: number;
    readonly written: number;
  }
  | { readonly kind: "failed"; readonly piece: Piece; readonly error: unknown };

/** How to go about it. */
export interface BackfillOptions {
  /** Requests under way at once; the source's rate is another matter. */
  readonly workers: number;
  /** Among the source's callers; the higher goes first. */
  readonly priority: number;
  /** No piece is begun after it; those under way are finished. */
  readonly stop: AbortSignal;
  /** Ends those under way as well. */
  readonly signal?: AbortSignal;
  readonly onPiece?: (outcome: PieceOutcome) => void;
}

/**
 * Fetches pieces of the exchange's candles and stores them, each remembered as soon as it is stored: whenever this
 * ends, nothing that was done is done again. Candles built from trades are never replaced. A piece that fails is told
 * to `onPiece` and left for another time.
 */
export async function runBackfill(
  pieces: Iterable<Piece> | AsyncIterable<Piece>,
  parts: BackfillParts,
  options: BackfillOptions,
): Promise<void> {
  const queue = each(pieces);
  const work = async () => {
    while (!options.stop.aborted) {
      const { value: piece, done } = await queue.next();
      if (done) return;
      const outcome = await storePiece(piece, parts, options);
      options.onPiece?.(outcome);
    }
  };
  await Promise.all(Array.from({ length: options.workers }, work));
}

async function storePiece(
  piece: Piece,
  { source, candles, coverage }: BackfillParts,
  { priority, signal }: BackfillOptions,
): Promise<PieceOutcome> {
  const { productId, granularity, start, end } = piece;
  try {
    const waiting = signal === undefined ? { priority } : { priority, signal };
    const found = await source.candles(productId, granularity, start, end, waiting);
    const written = await candles.upsert(found.map(estimateOf));
    await coverage.markCovered(productId, granularity, { start, end });
    return { kind: "stored", piece, asked: found.length, written };
  } catch (error) {
    return { kind: "failed", piece, error };
  }
}

/** One iterator for several takers: a generator answers them in the order they ask. */
async function* each(pieces: Iterable<Piece> | AsyncIterable<Piece>): AsyncGenerator<Piece> {
  for await (const piece of pieces) yield piece;
}
