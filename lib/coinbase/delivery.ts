import type { ProductId } from "../candles/product.ts";
import type { DeliveryState } from "../exchange/trade_feed.ts";

/**
 * What one connection brings, kept from one socket to the next. It follows outcomes and not the moment: a new socket
 * that is merely open changes nothing, so a connection whose subscriptions are refused again and again stays down.
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

  /** The exchange does not send these. Gives those of which that is news. */
  refuse(products: readonly ProductId[], words: string): ProductId[] {
    const news = products.filter((product) => this.#refused.get(product) !== words);
    for (const product of news) this.#refused.set(product, words);
    return news;
  }

  /** The exchange acknowledges these. Gives those that it refused before. */
  accept(products: ReadonlySet<ProductId>): ProductId[] {
    const again = [...this.#refused.keys()].filter((product) => products.has(product));
    for (const product of again) this.#refused.delete(product);
    return again;
  }

  /** Lets go of what is no longer wanted. */
  forget(products: Iterable<ProductId>): void {
    for (const product of products) this.#refused.delete(product);
  }
}

/** Why a connection is down of which every product is refused. */
export function refusalText(words: string | null): string {
  return words === null
    ? "every subscription is refused"
    : `every subscription is refused: ${words}`;
}
