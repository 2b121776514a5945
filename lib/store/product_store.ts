import { type Decimal, decimal, formatDecimal } from "../candles/decimal.ts";
import { type EpochSeconds, epochSeconds } from "../candles/granularity.ts";
import { type ProductId, productId } from "../candles/product.ts";
import type { DescribedProduct } from "../exchange/catalogue_product.ts";
import type { ExchangeProduct } from "../exchange/exchange_product.ts";
import type { Database } from "./database.ts";

/** Where the run of trade ids that is proven begins. */
export interface ProvenStart {
  readonly tradeId: number;
  readonly timeMs: number;
}

/** A stored product: what the catalogue shows of it, and this program's own state. */
export interface StoredProduct extends DescribedProduct {
  /** The exchange's word, such as `online`. */
  readonly status: string;
  /** Once followed, followed until delisted. */
  readonly followed: boolean;
  readonly delistedAtMs: number | null;
  /** Every trade id since then is known, or proven never to have existed, except for open gaps. */
  readonly provenFrom: ProvenStart | null;
  /** Candles that end later may have been published; null if none was. */
  readonly publishedFromMs: number | null;
  /**
   * The exchange showed no trades before the proven start; they are requested again then. Null if
   * none were requested.
   */
  readonly pastHiddenUntilMs: number | null;
}

/** The products in PostgreSQL. */
export class ProductStore {
  constructor(private readonly database: Database) {}

  /**
   * Stores the catalogue's descriptions and keeps our own state (followed, proven ids). A product that comes back is no
   * longer delisted.
   */
  async upsert(products: readonly ExchangeProduct[]): Promise<void> {
    for (let i = 0; i < products.length; i += ROWS_PER_STATEMENT) {
      const rows = products.slice(i, i + ROWS_PER_STATEMENT).map(rowOf);
      await this.database.unsafe(UPSERT, [JSON.stringify(rows)]);
    }
  }

  /** All products that were ever stored, by id. */
  async all(): Promise<StoredProduct[]> {
    const rows = await this.database.unsafe<ProductRow[]>(ALL);
    return rows.map(productOf);
  }

  /** Marks products as followed. Unknown ones are left out. */
  async follow(productIds: readonly ProductId[]): Promise<void> {
    await this.database`UPDATE products SET followed = true
      WHERE product_id = ANY (${`{${productIds.join(",")}}`}::text[])`;
  }

  /** Marks products as gone from the exchange; their candles stay, and so does `followed`. */
  async markDelisted(productIds: readonly ProductId[], atMs: number): Promise<void> {
    await this.database`UPDATE products SET followed = false, 
        delisted_at = to_timestamp(${Math.trunc(atMs)}::bigint / 1000.0)
      WHERE product_id = ANY (${`{${productIds.join(",")}}`}::text[]) AND delisted_at IS NULL`;
  }

  /** From when on all of each product is proven except for gaps; products for which it is unknown are absent. */
  async exactStarts(): Promise<Map<ProductId, EpochSeconds>> {
    const rows = await this.database<{ product_id: string; since: string }[]>`
      SELECT product_id, ceil(extract(epoch FROM proven_from_time))::bigint AS since
      FROM products WHERE proven_from_time IS NOT NULL`;
    return new Map(
      rows.map(({ product_id, since }) => [productId(product_id), epochSeconds(Number(since))]),
    );
  }

  /**
   * Records from when on a product's ids are proven, and its candles are published. What is left out stays; a proven
   * start only moves to earlier times, which ends what was hidden before it, and the first publication is set only once.
   * False, and nothing recorded, if the product is not known (yet).
   */
  async setProven(
    productId: ProductId,
    { from, publishedFromMs = null, pastHiddenUntilMs = null }: {
      readonly from?: ProvenStart;
      readonly publishedFromMs?: number | null;
      readonly pastHiddenUntilMs?: number | null;
    },
  ): Promise<boolean> {
    const { count } = await this.database`UPDATE products SET
      proven_from_id = CASE WHEN to_timestamp(${msOf(from)}::bigint / 1000.0) >= proven_from_time
        THEN proven_from_id ELSE coalesce(${from?.tradeId ?? null}::bigint, proven_from_id) END,
      proven_from_time = least(to_timestamp(${msOf(from)}::bigint / 1000.0), proven_from_time),
      published_from = coalesce(published_from,
        to_timestamp(${publishedFromMs}::bigint / 1000.0)),
      past_hidden_until = coalesce(to_timestamp(${pastHiddenUntilMs}::bigint / 1000.0),
        CASE WHEN to_timestamp(${msOf(from)}::bigint / 1000.0) < proven_from_time THEN NULL
        ELSE past_hidden_until END)
      WHERE product_id = ${productId}`;
    return count > 0;
  }
}

/** As one JSON text: a few hundred kilobytes. */
const ROWS_PER_STATEMENT = 500;

/** The columns of a product's description, as `rowOf` writes them. */
const COLUMNS = {
  product_id: "text",
  base_currency: "text",
  quote_currency: "text",
  base_name: "text",
  quote_name: "text",
  alias: "text",
  status: "text",
  trading_disabled: "boolean",
  price_increment: "numeric",
  base_increment: "numeric",
  quote_increment: "numeric",
  price: "numeric",
  price_change_24h: "numeric",
  volume_24h: "numeric",
  quote_volume_24h: "numeric",
} as const satisfies Record<keyof ReturnType<typeof rowOf>, string>;

const NAMES = Object.keys(COLUMNS);
const UPSERT = `INSERT INTO products (${NAMES.join(", ")})
  SELECT ${NAMES.join(", ")} FROM json_to_recordset($1::json)
    AS n (${Object.entries(COLUMNS).map((column) => column.join(" ")).join(", ")})
  ON CONFLICT (product_id) DO UPDATE SET
    ${NAMES.slice(1).map((name) => `${name} = excluded.${name}`).join(", ")},
    delisted_at = NULL, updated_at = now()`;

const TIMES = [
  "delisted_at",
  "proven_from_time",
  "published_from",
  "past_hidden_until",
];
const ALL = `SELECT ${NAMES.join(", ")}, followed, proven_from_id,
    ${
  TIMES.map((name) => `floor(extract(epoch FROM ${name}) * 1000)::bigint AS ${name}`).join(", ")
}
  FROM products ORDER BY product_id`;

interface ProductRow {
  readonly product_id: string;
  readonly base_currency: string;
  readonly quote_currency: string;
  readonly base_name: string | null;
  readonly status: string;
  readonly quote_increment: string | null;
  readonly price: string | null;
  readonly price_change_24h: string | null;
  readonly volume_24h: string | null;
  readonly quote_volume_24h: string | null;
  readonly followed: boolean;
  /** Times are epoch milliseconds. */
  readonly delisted_at: string | null;
  readonly proven_from_id: string | null;
  readonly proven_from_time: string | null;
  readonly published_from: string | null;
  readonly past_hidden_until: string | null;
}

function rowOf(product: ExchangeProduct) {
  return {
    product_id: product.productId,
    base_currency: product.baseCurrency,
    quote_currency: product.quoteCurrency,
    base_name: product.baseName,
    quote_name: product.quoteName,
    alias: product.alias,
    status: product.status,
    trading_disabled: product.tradingDisabled,
    price_increment: textOf(product.quoteIncrement),
    base_increment: textOf(product.baseIncrement),
    quote_increment: textOf(product.quoteIncrement),
    price: textOf(product.price),
    price_change_24h: textOf(product.priceChange24h),
    volume_24h: textOf(product.volume24h),
    quote_volume_24h: textOf(product.quoteVolume24h),
  };
}

function productOf(row: ProductRow): StoredProduct {
  return {
    productId: productId(row.product_id),
    baseCurrency: row.base_currency,
    quoteCurrency: row.quote_currency,
    baseName: row.base_name,
    status: row.status,
    quoteIncrement: decimalOf(row.quote_increment),
    price: decimalOf(row.price),
    priceChange24h: decimalOf(row.price_change_24h),
    volume24h: decimalOf(row.volume_24h),
    quoteVolume24h: decimalOf(row.quote_volume_24h),
    followed: row.followed,
    delistedAtMs: numberOf(row.delisted_at),
    provenFrom: startOf(row.proven_from_id, row.proven_from_time),
    publishedFromMs: numberOf(row.published_from),
    pastHiddenUntilMs: numberOf(row.past_hidden_until),
  };
}

function textOf(value: Decimal | null): string | null {
  return value === null ? null : formatDecimal(value);
}

function decimalOf(text: string | null): Decimal | null {
  return text === null ? null : decimal(text);
}

function msOf(end: ProvenStart | undefined): number | null {
  return end === undefined ? null : Math.trunc(end.timeMs);
}

function startOf(id: string | null, time: string | null): ProvenStart | null {
  const [tradeId, timeMs] = [numberOf(id), numberOf(time)];
  return tradeId === null || timeMs === null ? null : { tradeId, timeMs };
}

/** A bigint column's text as a number (ids and times are far below 2^53). */
function numberOf(text: string | null): number | null {
  return text === null ? null : Number(text);
}
