import type { ProductId } from "../candles/product.ts";

/** Why a request failed finally. `http_…` carries the status. */
export type ExchangeFault =
  | "timeout"
  | "network"
  | "broken_body"
  | "body_too_large"
  | "queue_full"
  | "closed"
  | `http_${number}`;

/**
 * All attempts of a request failed. It has the status (null without a response) and the reason, and nothing of the
 * response's body.
 */
export class ExchangeError extends Error {
  override readonly name: string = "ExchangeError";
  readonly status: number | null;
  readonly reason: ExchangeFault;

  constructor(path: string, reason: ExchangeFault, status: number | null, cause?: unknown) {
    super(
      `the exchange gave no answer to ${path}: ${reason}`,
      cause === undefined ? {} : { cause },
    );
    this.status = status;
    this.reason = reason;
  }
}

/** The exchange does not know the product (404). */
export class UnknownProductError extends ExchangeError {
  override readonly name = "UnknownProductError";
  readonly productId: ProductId;

  constructor(path: string, productId: ProductId) {
    super(path, "http_404", 404);
    this.productId = productId;
  }
}
