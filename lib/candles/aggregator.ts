import type { ProductId } from "./product.ts";
import type { MergeOutcome } from "./product_aggregator.ts";
import { ProductAggregator } from "./product_aggregator.ts";
import type { Trade } from "./trade.ts";

/**
 * Called with every trade that was not merged, and the reason. `unfollowed`: its product is not
 * followed.
 */
export type OnUnmerged = (
  outcome: Exclude<MergeOutcome, "merged"> | "unfollowed",
  trade: Trade,
) => void;

/** The product aggregators of one process, by product. Owns them; they need no closing. */
export class Aggregator {
  readonly #graceMs: number;
  readonly #onUnmerged: OnUnmerged;
  readonly #products = new Map<ProductId, ProductAggregator>();
  /** Products that were followed before. What was published of them is resumed if they come again. */
  readonly #left = new Map<ProductId, ProductAggregator>();

  /** `graceMs`: how far event time must pass a bucket's end before it closes. */
  constructor(graceMs: number, onUnmerged: OnUnmerged) {
    this.#graceMs = graceMs;
    this.#onUnmerged = onUnmerged;
  }

  /**
   * The product's aggregator, created by the first call, which also begins to follow the product.
   */
  of(productId: ProductId): ProductAggregator {
    let product = this.#products.get(productId);
    if (product === undefined) {
      product = this.#left.get(productId) ?? new ProductAggregator(productId, this.#graceMs);
      this.#left.delete(productId);
      this.#products.set(productId, product);
    }
    return product;
  }

  get(productId: ProductId): ProductAggregator | null {
    return this.#products.get(productId) ?? null;
  }

  all(): Iterable<ProductAggregator> {
    return this.#products.values();
  }

  /**
   * Merges the trades of exactly these products from now on. For others the time until they are followed again is like
   * an outage of the feed.
   */
  follow(productIds: Iterable<ProductId>): void {
    const followed = new Set(productIds);
    for (const [productId, product] of this.#products) {
      if (followed.has(productId)) continue;
      this.#products.delete(productId);
      this.#left.set(productId, product);
    }
    for (const productId of followed) this.of(productId);
  }

  /**
   * Merges trades of followed products in any order and adds every product they touch to `touched`. `movesTime` as in
   * `ProductAggregator.merge`.
   */
  merge(trades: readonly Trade[], movesTime: boolean, touched: Set<ProductAggregator>): void {
    let product: ProductAggregator | null = null;
    for (const trade of trades) {
      if (product === null || product.productId !== trade.productId) {
        product = this.get(trade.productId);
        if (product === null) {
          this.#onUnmerged("unfollowed", trade);
          continue;
        }
        if (product.newest === null) product.begin(newestOf(trades, trade.productId));
        touched.add(product);
      }
      const outcome = product.merge(trade, movesTime);
      if (outcome !== "merged") this.#onUnmerged(outcome, trade);
    }
  }
}

/** The first batch may be in either order; the hours held in memory depend on its newest trade. */
function newestOf(trades: readonly Trade[], productId: ProductId): number {
  let newest = -Infinity;
  for (const trade of trades) {
    if (trade.productId === productId && trade.timeMs > newest) newest = trade.timeMs;
  }
  return newest;
}
