import type { Granularity } from "../lib/candles/granularity.ts";
import { GRANULARITIES, shortGranularity } from "../lib/candles/granularity.ts";
import type { ProductId } from "../lib/candles/product.ts";

/** Links to the same product in each granularity. */
export function GranularityTabs(
  { productId, current }: { productId: ProductId; current: Granularity },
) {
  return (
    <nav class="granularities" aria-label="Granularity">
      {GRANULARITIES.map((granularity) => (
        <a
          key={granularity}
          href={`/products/${productId}?granularity=${granularity}`}
          aria-current={granularity === current ? "page" : undefined}
        >
          {shortGranularity(granularity)}
        </a>
      ))}
    </nav>
  );
}
