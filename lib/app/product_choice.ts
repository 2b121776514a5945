import { compare, ZERO } from "../candles/decimal.ts";
import type { ProductId } from "../candles/product.ts";
import type { ExchangeProduct } from "../exchange/exchange_product.ts";
import type { Config } from "../config.ts";
import { isTrading } from "./absent_products.ts";

/**
 * Which of the exchange's products to follow: those listed, all that are online, or the most traded in dollars, at
 * most `maxProducts`. What was followed before stays while it is online, whatever its rank.
 */
export function chooseProducts(
  products: readonly ExchangeProduct[],
  config: Pick<Config, "products" | "maxProducts">,
  followed: ReadonlySet<ProductId> = new Set(),
): ProductId[] {
  const online = products.filter(isOnline).sort(byQuoteVolume).map(({ productId }) => productId);
  const { products: choice, maxProducts } = config;
  if (choice.kind === "list") {
    const known = new Set(online);
    return choice.ids.filter((id) => known.has(id));
  }
  const wanted = choice.kind === "all" ? online : online.filter((id) => id.endsWith("-USD"));
  const kept = wanted.filter((id) => followed.has(id));
  const others = wanted.filter((id) => !followed.has(id));
  return [...kept, ...others.slice(0, Math.max(0, maxProducts - kept.length))];
}

/** The products of one shard. Each product is on exactly one shard, whichever others come or go. */
export function shardOf(
  productIds: readonly ProductId[],
  { index, count }: Config["shard"],
): ProductId[] {
  return count === 1 ? [...productIds] : productIds.filter((id) => shardIndex(id, count) === index);
}

/** Rendezvous hashing: the shard whose hash with the product is the highest. */
function shardIndex(productId: ProductId, count: number): number {
  let best = 0;
  let highest = -1;
  for (let shard = 0; shard < count; shard++) {
    const weight = hash(`${productId} ${shard}`);
    if (weight > highest) {
      highest = weight;
      best = shard;
    }
  }
  return best;
}

/** FNV-1a with a final mix, 32 bits: stable over processes and versions. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  }
  value = Math.imul(value ^ value >>> 16, 0x85ebca6b);
  value = Math.imul(value ^ value >>> 13, 0xc2b2ae35);
  return (value ^ value >>> 16) >>> 0;
}

/** Whether a product is online under its own name, and not an alias of another. */
function isOnline(product: ExchangeProduct): boolean {
  const { alias, productId } = product;
  return isTrading(product) && (alias === null || alias === productId);
}

function byQuoteVolume(a: ExchangeProduct, b: ExchangeProduct): number {
  return compare(b.quoteVolume24h ?? ZERO, a.quoteVolume24h ?? ZERO) ||
    (a.productId < b.productId ? -1 : 1);
}
