import { type Decimal, formatDecimal } from "../candles/decimal.ts";
import type { EpochSeconds } from "../candles/granularity.ts";
import { parseProductId, PRODUCT_ID_SHAPE, type ProductId } from "../candles/product.ts";
import type { CatalogueProduct } from "../exchange/catalogue_product.ts";
import { echoed } from "../http/echo.ts";
import { problemResponse } from "../http/problem.ts";
import { CATALOGUE_AWAY, type ProductLookup, unknownProduct } from "./unknown_product.ts";
import { entityResponse, tagOf } from "../http/entity.ts";

/** The catalogue's part in answering for products. */
export interface ProductCatalogue extends ProductLookup {
  get(id: ProductId): CatalogueProduct | null;
  /** The most traded first. */
  all(): readonly CatalogueProduct[];
}

/** Answers `GET /api/products`: every product there is, delisted ones included. */
export function answerProducts(
  catalogue: ProductCatalogue,
  http: Request,
): Response {
  if (!catalogue.loaded) return problemResponse(CATALOGUE_AWAY);
  return entityOf(http, listOf(catalogue.all()));
}

interface Written {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly tag: string;
}

/** Every list of products is written once, however often it is asked for; a catalogue that is read again has a new one. */
const lists = new WeakMap<readonly CatalogueProduct[], Written>();

function listOf(products: readonly CatalogueProduct[]): Written {
  const held = lists.get(products);
  if (held !== undefined) return held;
  const list = written(`{"products":[${products.map(productText).join(",")}]}`);
  lists.set(products, list);
  return list;
}

/** What is known of a product's candles. */
export interface ProductDates {
  /** From when on they are proven, epoch seconds; null if that is not known (now). */
  exactSince(id: ProductId): Promise<number | null>;
  /** Until when they were compared with the exchange's own; null if they were not, or that is not known now. */
  until(id: ProductId): Promise<EpochSeconds | null>;
}

/** Answers `GET /api/products/{id}`. */
export async function answerProduct(
  catalogue: ProductCatalogue,
  dates: ProductDates,
  http: Request,
  text: string,
): Promise<Response> {
  const id = parseProductId(text);
  if (id === null) {
    const errors = [{ parameter: "id", value: echoed(text), allowed: PRODUCT_ID_SHAPE }];
    return problemResponse({ status: 400, title: "The product id cannot be used", errors });
  }
  const problem = unknownProduct(catalogue, id);
  const product = catalogue.get(id);
  if (problem !== null || product === null) {
    return problemResponse(problem ?? { status: 404, title: "No such product" });
  }
  const entry = productText(product).slice(0, -1);
  const [since, until] = await Promise.all([dates.exactSince(id), dates.until(id)]);
  return jsonResponse(http, `${entry},"exact_since":${since},"audited_until":${until}}`);
}

/** JSON that clients may keep, as long as they ask whether it still holds. */
export function jsonResponse(http: Request, text: string): Response {
  return entityOf(http, written(text));
}

function written(text: string): Written {
  const bytes = new TextEncoder().encode(text);
  return { bytes, tag: tagOf(bytes) };
}

function entityOf(http: Request, { bytes, tag }: Written): Response {
  return entityResponse(http, { contentType: "application/json", tag, body: () => bytes });
}

/** Texts come from the exchange and are quoted with care; numbers keep their digits. */
function productText(product: CatalogueProduct): string {
  return `{"product_id":"${product.id}","base_name":${JSON.stringify(product.baseName)},` +
    `"base_currency":${JSON.stringify(product.baseCurrency)},` +
    `"quote_currency":${JSON.stringify(product.quoteCurrency)},"status":"${product.status}",` +
    `"price":${nullable(product.price)},"price_change_24h":${nullable(product.priceChange24h)},` +
    `"volume_24h":${nullable(product.volume24h)},` +
    `"quote_volume_24h":${nullable(product.quoteVolume24h)},` +
    `"quote_increment":${nullable(product.quoteIncrement)}}`;
}

function nullable(value: Decimal | null): string {
  return value === null ? "null" : formatDecimal(value);
}
