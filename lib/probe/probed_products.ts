import { compare, ZERO } from "../candles/decimal.ts";
import type { ProductId } from "../candles/product.ts";
import type { ExchangeProduct } from "../exchange/exchange_product.ts";

/** Places in the order by volume, from 0 (the busiest) to 1 (the quietest). */
const PLACES = [0, 0.02, 0.1, 0.35, 0.7, 1];

/** A handful of what is traded in dollars, from the busiest to the quietest. */
export function fromBusiestToQuietest(products: readonly ExchangeProduct[]): readonly ProductId[] {
  const traded = products.filter((product) =>
    product.status === "online" && !product.tradingDisabled && !product.isDisabled &&
    !product.viewOnly && product.alias === null && product.productId.endsWith("-USD") &&
    compare(product.quoteVolume24h ?? ZERO, ZERO) > 0
  ).sort(byQuoteVolume);
  const last = traded.length - 1;
  const chosen = PLACES.map((place, index) =>
    // In a short list, the next one instead of the same one twice.
    traded[Math.min(last, Math.max(index, Math.round(place * last)))]
  );
  return [...new Set(chosen.flatMap((product) => product === undefined ? [] : product.productId))];
}

function byQuoteVolume(a: ExchangeProduct, b: ExchangeProduct): number {
  return compare(b.quoteVolume24h ?? ZERO, a.quoteVolume24h ?? ZERO);
}
