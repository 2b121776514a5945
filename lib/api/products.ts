import { type Decimal, formatDecimal } from "../candles/decimal.ts";
import { parseProductId, PRODUCT_ID_SHAPE, type ProductId } from "../candles/product.ts";
import type { CatalogueProduct } from "../exchange/catalogue_product.ts";
import { echoed } from "../http/echo.ts";
import type { AuditDates } from "../history/audit_dates.ts";
import type { ExactPasts } from "../history/exact_pasts.ts";
import { problemResponse } from "../http/problem.ts";
import { CATALOGUE_AWAY, type ProductLookup, unknownProduct } from "./unknown_product.ts";
import { entityResponse, tagOf } from "../http/entity.ts";

/** The part of the catalogue that answers need. */
export interface ProductCatalogue extends ProductLookup {
  get(id: ProductId): CatalogueProduct | null;
  /** The most traded first. */
  all(): readonly CatalogueProduct[];
}

/** Answers `GET /api/products`: every product, delisted ones included. */
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

/** Each list of products is serialised once, however often it is requested; a changed catalogue has a new list. */
const lists = new WeakMap<readonly CatalogueProduct[], Written>();

function listOf(products: readonly CatalogueProduct[]): Written {
  return lists.getOrInsertComputed(products, () => {
    return written(`{"products":[${products.map(productText).join(",")}]}`);
  });
}

/** What an answer about one product is made of. */
export interface ProductServices {
  readonly catalogue: ProductCatalogue;
  readonly exactPasts: Pick<ExactPasts, "of">;
  readonly auditDates: Pick<AuditDates, "until">;
}

/** Answers `GET /api/products/{id}`. */
export async function answerProduct(
  { catalogue, exactPasts, auditDates }: ProductServices,
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
  const [{ since }, until] = await Promise.all([exactPasts.of(id), auditDates.until(id)]);
  return jsonResponse(http, `${entry},"exact_since":${since},"audited_until":${until}}`);
}

/** JSON that clients may cache if they revalidate it. */
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

/** Texts come from the exchange and are escaped; numbers keep their digits. */
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
