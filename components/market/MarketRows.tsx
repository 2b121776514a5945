import type { ComponentChildren } from "preact";
import { renderToString } from "preact-render-to-string";
import type { CatalogueProduct } from "../../app.ts";
import { compactAmount } from "../site/amount.ts";
import { LIVE_CELLS } from "./market_cells.ts";
import { MARKET_COLUMNS, type MarketColumnName } from "./market_columns.ts";
import type { MarketRow } from "./market_row.ts";
import type { MarketView } from "./market_view.ts";
import { isInView } from "./market_view.ts";
import { withCurrency } from "../site/plain_price.ts";
import { priceDigits, priceText } from "../site/price.ts";
import { SPARKLINE_HEIGHT, SPARKLINE_WIDTH, sparklinePath } from "./sparkline.ts";

interface RenderedRow {
  readonly row: MarketRow;
  readonly html: string;
}

// Rows are the page's bulk and change one by one, so each is rendered again only when it differs, and an
// array of rows that comes again is not looked through. A catalogue that is read again brings new products,
// and the old ones' rows go with them.
const rendered = new WeakMap<CatalogueProduct, RenderedRow>();

const renderedWhole = new WeakMap<readonly MarketRow[], string>();

/** Rows that are rendered in one go: some 3 ms. */
const SLICE_ROWS = 50;

/**
 * Renders what differs, some rows in each turn of the event loop: all of five hundred products, for the first page after
 * a start, take 40 ms. `marketRowsHtml` then has them.
 */
export async function prepareMarketRows(rows: readonly MarketRow[]): Promise<void> {
  let fresh = 0;
  for (const row of rows) {
    if (isRendered(row)) continue;
    rowHtml(row);
    if (++fresh % SLICE_ROWS === 0) await new Promise((resolve) => void setImmediate(resolve));
  }
}

/** The rows of the dashboard's table as HTML; those that are not in view are there, hidden. */
export function marketRowsHtml(rows: readonly MarketRow[], view: MarketView): string {
  const isWhole = view.search === "" && view.quote === null;
  const held = renderedWhole.get(rows);
  if (isWhole && held !== undefined) return held;
  const html = rows.map((row) => {
    const rowText = rowHtml(row);
    return isWhole || isShown(row, view) ? rowText : rowText.replace("<tr", "<tr hidden");
  }).join("");
  if (isWhole) renderedWhole.set(rows, html);
  return html;
}

/** Whether a row is in view, as far as the server knows. */
export function isShown({ product }: MarketRow, view: MarketView): boolean {
  return isInView(view, { id: product.id, name: product.baseName });
}

function rowHtml(row: MarketRow): string {
  const held = rendered.get(row.product);
  if (held !== undefined && isRendered(row)) return held.html;
  const html = renderToString(<Row row={row} />);
  rendered.set(row.product, { row, html });
  return html;
}

function isRendered(row: MarketRow): boolean {
  const held = rendered.get(row.product);
  return held !== undefined && sameLook(held.row, row);
}

function sameLook(a: MarketRow, b: MarketRow): boolean {
  return a.price?.units === b.price?.units && a.price?.scale === b.price?.scale &&
    (a.sparkline === b.sparkline ||
      a.sparkline.length === b.sparkline.length &&
        a.sparkline.every((value, index) => value === b.sparkline[index]));
}

function Row({ row }: { row: MarketRow }) {
  const { product, reference } = row;
  return (
    <tr data-id={product.id} data-digits={digitsOf(row)} data-ref={reference?.toPrecision(7)}>
      {MARKET_COLUMNS.map(({ name }) => {
        const { content, direction, live } = CELLS[name](row);
        return name === "product"
          ? <th key={name} scope="row" data-col={name}>{content}</th>
          : <td key={name} data-col={name} class={direction} data-live={live}>{content}</td>;
      })}
    </tr>
  );
}

interface Cell {
  readonly content: ComponentChildren;
  /** Colours it. */
  readonly direction?: string | undefined;
  /** The cell as a whole is live. */
  readonly live?: string;
}

const CELLS: Readonly<Record<MarketColumnName, (row: MarketRow) => Cell>> = {
  product: ({ product }) => ({
    content: (
      <>
        <button type="button" aria-pressed="false" aria-label={`Favourite ${product.id}`} />
        <a href={`/products/${product.id}`}>
          <b>{product.baseName}</b>
          <small>{product.id}</small>
        </a>
      </>
    ),
  }),
  price: (row) => ({ content: <span data-live={LIVE_CELLS.price}>{priceOf(row)}</span> }),
  change: ({ change }) => ({
    content: change?.text ?? UNKNOWN,
    direction: change?.direction,
    live: LIVE_CELLS.change,
  }),
  volume: ({ product: { quoteVolume24h: volume, quoteCurrency } }) => ({
    content: volume === null ? UNKNOWN : withCurrency(compactAmount(volume), quoteCurrency),
  }),
  line: ({ change, sparkline }) => ({
    content: <Line path={sparklinePath(sparkline)} />,
    direction: change?.direction,
    live: LIVE_CELLS.line,
  }),
};

const UNKNOWN = "–";

function Line({ path }: { path: string | null }) {
  return path === null
    ? null
    : (
      <svg viewBox={`0 0 ${SPARKLINE_WIDTH} ${SPARKLINE_HEIGHT}`} preserveAspectRatio="none">
        <path d={path} />
      </svg>
    );
}

function priceOf(row: MarketRow): string {
  const { price, product } = row;
  if (price === null) return UNKNOWN;
  return withCurrency(priceText(price, digitsOf(row)), product.quoteCurrency);
}

function digitsOf({ product }: MarketRow): number {
  return priceDigits(product.quoteIncrement, product.price);
}
