import { epochSeconds } from "../candles/granularity.ts";
import type { ProductId } from "../candles/product.ts";
import type { ProductAggregator } from "../candles/product_aggregator.ts";
import type { PastStore } from "./past_store.ts";
import type { ProvenStart } from "./restore.ts";

/** Where each product's proven past begins, in the database or about to be stored there. */
export class ProvenStarts {
  readonly #starts = new Map<ProductId, ProvenStart>();

  constructor(private readonly store: Pick<PastStore, "rememberProven">) {}

  get(productId: ProductId): ProvenStart | null {
    return this.#starts.get(productId) ?? null;
  }

  /** Sets the database's value. */
  set(productId: ProductId, start: ProvenStart): void {
    this.#starts.set(productId, start);
  }

  /** Sets a value read from the database earlier, unless an earlier start is known. */
  learn(productId: ProductId, start: ProvenStart): void {
    const known = this.get(productId);
    if (known === null || start.from < known.from) this.set(productId, start);
  }

  /** Whether a product has something to `remember`: a cheap check, which runs often for every product. */
  isNews(product: ProductAggregator): boolean {
    const { tradesFrom } = product.coverage;
    if (!Number.isFinite(tradesFrom)) return false;
    const known = this.get(product.productId);
    return known === null || tradesFrom < known.from || known.publishedFrom === undefined;
  }

  /**
   * Stores from when on a product is followed without a break, which a later start may take for complete. Returns
   * whether that was new and is stored; if the database is away it is new again the next time.
   */
  async remember(product: ProductAggregator): Promise<boolean> {
    if (!this.isNews(product)) return false;
    const { tradesFrom, heldFrom } = product.coverage;
    const { productId } = product;
    const known = this.get(productId);
    const isEarlier = known === null || tradesFrom < known.from;
    const from = epochSeconds(tradesFrom);
    const proven = {
      ...isEarlier ? { tradeId: product.lastIdBefore(from), from } : known,
      publishedFrom: known?.publishedFrom ?? epochSeconds(heldFrom),
    };
    this.set(productId, proven);
    try {
      await this.store.rememberProven(productId, proven);
      return true;
    } catch {
      if (this.get(productId) === proven) this.#restore(productId, known);
      return false;
    }
  }

  drop(productId: ProductId): void {
    this.#starts.delete(productId);
  }

  #restore(productId: ProductId, known: ProvenStart | null): void {
    if (known === null) this.drop(productId);
    else this.set(productId, known);
  }
}
