import type { Granularity } from "../candles/granularity.ts";
import { GRANULARITIES } from "../candles/granularity.ts";
import type { ProductId } from "../candles/product.ts";

/** The candles that one stream wants. */
export interface Subscription {
  /** `"*"` follows products that appear later. */
  readonly products: readonly ProductId[] | "*";
  readonly granularities: readonly Granularity[];
  /** Only closed candles and no snapshot. */
  readonly closedOnly: boolean;
}

/** A subscription in canonical form. */
export interface NamedSubscription {
  /** Each list sorted and without repetition, so that equal subscriptions are equal texts. */
  readonly subscription: Subscription;
  /** Equal exactly for subscriptions that can share chunks. */
  readonly name: string;
}

// Equal requests share one object, whose name is computed once.
const named = new WeakMap<Subscription, NamedSubscription>();

/** Puts a subscription into canonical form, so that equal ones have the same name. */
export function nameSubscription(wish: Subscription): NamedSubscription {
  const known = named.get(wish);
  if (known !== undefined) return known;
  const wanted = new Set(wish.granularities);
  const granularities = GRANULARITIES.filter((granularity) => wanted.has(granularity));
  const products = wish.products === "*" ? "*" as const : [...new Set(wish.products)].sort();
  const { closedOnly } = wish;
  const made: NamedSubscription = {
    subscription: { products, granularities, closedOnly },
    name: `${products === "*" ? "*" : products.join(",")}|${granularities.join(",")}|${closedOnly}`,
  };
  named.set(wish, made);
  return made;
}
