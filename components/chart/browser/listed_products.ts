import { parseProductId, type ProductId } from "../../../lib/candles/product.ts";

/** A product as the server's list has it. */
export interface ListedProduct {
  readonly id: ProductId;
  /** `Bitcoin`. */
  readonly name: string;
  /** Gone from the exchange; its history stays. */
  readonly isDelisted: boolean;
}

/** Fetches all products, the most traded first. Rejects when they cannot be read. */
export async function fetchProducts(signal?: AbortSignal): Promise<readonly ListedProduct[]> {
  const answer = await fetch("/api/products", signal === undefined ? {} : { signal });
  if (!answer.ok) throw new Error(`/api/products answered ${answer.status}`);
  const { products }: { products: readonly Readonly<Record<string, unknown>>[] } = await answer
    .json();
  return products.flatMap(({ product_id, base_name, status }) => {
    const id = parseProductId(product_id);
    return id === null ? [] : [{ id, name: `${base_name}`, isDelisted: status === "delisted" }];
  });
}
