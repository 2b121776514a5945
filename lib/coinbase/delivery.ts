import type { ProductId } from "../candles/product.ts";
import type { DeliveryState } from "../exchange/trade_feed.ts";

/**
 * Whether one connection delivers, kept from one socket to the next. It follows outcomes: a socket that is merely open
 * changes nothing, so a connection whose subscriptions are refused repeatedly stays down.
 */
export class Delivery {
  readonly #wanted: ReadonlySet<ProductId>;
  readonly #refused = new Map<ProductId, string>();
  #state: DeliveryState["state"] = "starting";
  #reason: string | null = null;

  /** `wanted` may change later. */
  constructor(wanted: ReadonlySet<ProductId>) {
    this.#wanted = wanted;
  }

  get state(): DeliveryState {
    const refused = new Map(this.#refused);
    for (const product of this.#refused.keys()) {
      if (!this.#wanted.has(product)) refused.delete(product);
    }
    const [words = null] = refused.values();
    const nothing = this.#state !== "down" && refused.size > 0 &&
      refused.size >= this.#wanted.size;
    if (!nothing) return { state: this.#state, reason: this.#reason, refused };
    return { state: "down", reason: refusalText(words), refused };
  }

  /** Data of an acknowledged subscription came. */
  received(): void {
    this.#state = "up";
    this.#reason = null;
  }

  /** The socket was given up or could not be opened. */
  ended(reason: string): void {
    this.#state = "down";
    this.#reason = reason;
  }

  /** The exchange does not send these. Returns those that were not refused before. */
  refuse(products: readonly ProductId[], words: string): ProductId[] {
    const news = products.filter((product) => this.#refused.get(product) !== words);
    for (const product of news) this.#refused.set(product, words);
    return news;
  }

  /** The exchange acknowledges these. Returns those that were refused before. */
  accept(products: ReadonlySet<ProductId>): ProductId[] {
    const again = [...this.#refused.keys()].filter((product) => products.has(product));
    for (const product of again) this.#refused.delete(product);
    return again;
  }

  /** Forgets products that are no longer wanted. */
  forget(products: Iterable<ProductId>): void {
    for (const product of products) this.#refused.delete(product);
  }
}

/** The reason of a connection that is down because every product is refused. */
export function refusalText(words: string | null): string {
  return words === null
    ? "every subscription is refused"
    : `every subscription is refused: ${words}`;
}
