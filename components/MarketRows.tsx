import { renderToString } from "preact-render-to-string";
import type { CatalogueProduct } from "../app.ts";
import { compactAmount } from "./amount.ts";
import type { MarketRow } from "./market_row.ts";
import { withCurrency } from "./plain_price.ts";
import { priceDigits, priceText } from "./price.ts";
import { matchesSearch } from "./product_match.ts";
import { SPARKLINE_HEIGHT, SPARKLINE_WIDTH, sparklinePath } from "./sparkline.ts";

interface RenderedRow {
  readonly row: MarketRow;
  readonly html: string;
}

// Rows are the page's bulk and change one by one, so each is rendered again only when it differs, and an
// array of rows that comes again is not looked through. A catalogue that is read anew brings new products,
// and the old ones' rows go with them.
const rendered = new WeakMap<CatalogueProduct, RenderedRow>();

const renderedWhole = new WeakMap<readonly MarketRow[], string>();

/** The rows of the dashboard's table as HTML; those that are not searched for are there, hidden. */
export function marketRowsHtml(rows: readonly MarketRow[], search: string): string {
  const held = renderedWhole.get(rows);
  if (search === "" && held !== undefined) return held;
  const html = rows.map((row) => {
    const rowText = rowHtml(row);
    return isFound(row, search) ? rowText : rowText.replace("<tr", "<tr hidden");
  }).join("");
  if (search === "") renderedWhole.set(rows, html);
  return html;
}

/** Whether a row is among what was searched for. */
export function isFound({ product }: MarketRow, search: string): boolean {
  return matchesSearch(search, product.baseName, product.id);
}

function rowHtml(row: MarketRow): string {
  const held = rendered.get(row.product);
  if (held !== undefined && sameLook(held.row, row)) return held.html;
  const html = renderToString(<Row row={row} />);
  rendered.set(row.product, { row, html });
  return html;
}

function sameLook(a: MarketRow, b: MarketRow): boolean {
  return a.price?.units === b.price?.units && a.price?.scale === b.price?.scale &&
    (a.sparkline === b.sparkline ||
      a.sparkline.length === b.sparkline.length &&
        a.sparkline.every((value, index) => value === b.sparkline[index]));
}

function Row({ row: { product, price, reference, change, sparkline } }: { row: MarketRow }) {
  const digits = priceDigits(product.quoteIncrement, product.price);
  const volume = product.quoteVolume24h;
  const path = sparklinePath(sparkline);
  return (
    <tr data-id={product.id} data-digits={digits} data-ref={reference?.toPrecision(8)}>
      <th scope="row">
        <a href={`/products/${product.id}`}>
          <b>{product.baseName}</b>
          <small>{product.id}</small>
        </a>
      </th>
      <td>
        <span>
          {price === null ? "–" : withCurrency(priceText(price, digits), product.quoteCurrency)}
        </span>
      </td>
      <td class={change?.direction}>{change?.text ?? "–"}</td>
      <td>{volume === null ? "–" : withCurrency(compactAmount(volume), product.quoteCurrency)}</td>
      <td class={change?.direction}>
        {path !== null && (
          <svg viewBox={`0 0 ${SPARKLINE_WIDTH} ${SPARKLINE_HEIGHT}`} preserveAspectRatio="none">
            <path d={path} />
          </svg>
        )}
      </td>
    </tr>
  );
}
