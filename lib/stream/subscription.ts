import type { Granularity } from "../candles/granularity.ts";
import { GRANULARITIES } from "../candles/granularity.ts";
import type { ProductId } from "../candles/product.ts";

/** What one stream wants. */
export interface Subscription {
  /** `"*"` follows products that appear later. */
  readonly products: readonly ProductId[] | "*";
  readonly granularities: readonly Granularity[];
  /** Only closed candles and no snapshot. */
  readonly closedOnly: boolean;
}

/** The same subscription with each list sorted and without repetition, so that equal wishes look equal. */
export function canonical(subscription: Subscription): Subscription {
  const wanted = new Set(subscription.granularities);
  return {
    products: subscription.products === "*" ? "*" : [...new Set(subscription.products)].sort(),
    granularities: GRANULARITIES.filter((granularity) => wanted.has(granularity)),
    closedOnly: subscription.closedOnly,
  };
}

/** A canonical subscription's name: equal exactly where the same chunks can be shared. */
export function subscriptionName(subscription: Subscription): string {
  const { products, granularities, closedOnly } = subscription;
  return `${products === "*" ? "*" : products.join(",")}|${granularities.join(",")}|${closedOnly}`;
}
