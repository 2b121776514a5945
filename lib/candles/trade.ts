import type { Decimal } from "./decimal.ts";
import type { ProductId } from "./product.ts";

/** One match on the exchange. */
export interface Trade {
  readonly productId: ProductId;
  /** Contiguous per product: the next match has this plus one. */
  readonly tradeId: number;
  readonly price: Decimal;
  readonly size: Decimal;
  /** The maker's side: `SELL` means that a buyer took, so its size counts as taker-buy volume. */
  readonly side: "BUY" | "SELL";
  /** The exchange's time in epoch milliseconds, rounded down. */
  readonly timeMs: number;
}
