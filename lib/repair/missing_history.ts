import {
  type EpochSeconds,
  type Granularity,
  GRANULARITY_SECONDS,
} from "../candles/granularity.ts";
import type { ProductId } from "../candles/product.ts";

/** What one request to the exchange covers: candles that start in `start` ≤ … < `end`. */
export interface Piece {
  readonly productId: ProductId;
  readonly granularity: Granularity;
  readonly start: EpochSeconds;
  readonly end: EpochSeconds;
}

/** Most candles of one request. */
export const PIECE_CANDLES = 300;

/** What is missing of one product and granularity, handed out request by request, the newest first. */
export class MissingHistory {
  readonly #piece: Pick<Piece, "productId" | "granularity">;
  readonly #stretches: { readonly start: EpochSeconds; end: EpochSeconds }[];

  /** `stretches`: not overlapping, the newest first, bounds being starts of buckets. */
  constructor(
    productId: ProductId,
    granularity: Granularity,
    stretches: readonly { readonly start: EpochSeconds; readonly end: EpochSeconds }[],
  ) {
    this.#piece = { productId, granularity };
    this.#stretches = stretches.filter(({ start, end }) => start < end).map((one) => ({ ...one }));
  }

  /** How many requests are left. */
  get pieces(): number {
    const length = this.#length();
    return this.#stretches.reduce(
      (sum, { start, end }) => sum + Math.ceil((end - start) / length),
      0,
    );
  }

  /** The next request; null if there is none left. */
  next(): Piece | null {
    const [stretch] = this.#stretches;
    if (stretch === undefined) return null;
    const { end } = stretch;
    const start = Math.max(stretch.start, end - this.#length()) as EpochSeconds;
    stretch.end = start;
    if (stretch.start >= start) this.#stretches.shift();
    return { ...this.#piece, start, end };
  }

  #length(): number {
    return PIECE_CANDLES * GRANULARITY_SECONDS[this.#piece.granularity];
  }
}

/** The pieces of many in turn: everything gets its newest page before anything gets an older one. */
export function* inTurn(histories: readonly MissingHistory[]): Generator<Piece> {
  let left = histories;
  while (left.length > 0) {
    const next: MissingHistory[] = [];
    for (const history of left) {
      const piece = history.next();
      if (piece === null) continue;
      next.push(history);
      yield piece;
    }
    left = next;
  }
}
