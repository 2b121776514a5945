declare const brand: unique symbol;

/** A spot product as Coinbase spells it, such as `BTC-USD`. Safe as a NATS token and in a URL. */
export type ProductId = string & { readonly [brand]: "ProductId" };

const PRODUCT_ID = /^[A-Z0-9]{1,20}-[A-Z0-9]{1,12}$/;

/** What a product id may look like, for error messages. */
export const PRODUCT_ID_SHAPE = "BASE-QUOTE in capitals and digits, such as BTC-USD";

/** Reads a product id exactly as Coinbase spells it; null if it cannot be one. */
export function parseProductId(text: unknown): ProductId | null {
  return typeof text === "string" && PRODUCT_ID.test(text) ? text as ProductId : null;
}

/** A product id that is known to be good (a literal, a database row). Throws a `TypeError` naming the value. */
export function productId(text: string): ProductId {
  const parsed = parseProductId(text);
  if (parsed === null) {
    throw new TypeError(`not a product id: ${JSON.stringify(text.slice(0, 60))}`);
  }
  return parsed;
}
