import { renderToString } from "preact-render-to-string";
import type { CatalogueProduct } from "../../app.ts";
import { compactAmount } from "../site/amount.ts";
import { LIVE_CELLS } from "./market_cells.ts";
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
// array of rows that comes again is not looked through. A catalogue that is read anew brings new products,
// and the old ones' rows go with them.
const rendered = new WeakMap<CatalogueProduct, RenderedRow>();

const renderedWhole = new WeakMap<readonly MarketRow[], string>();

/** The rows of the dashboard's table as HTML; those that are not in view are there, hidden. */
export function marketRowsHtml(rows: readonly MarketRow[], view: MarketView): string {
  const isWhole = view.search === "" && view.quote === null;
  const held = renderedWhole.get(rows);
  if (isWhole && held !== undefined) return held;
  const html = rows.map((row) => {
    const rowText = rowHtml(row);
    return isShown(row, view) ? rowText : rowText.replace("<tr", "<tr hidden");
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
    <tr data-id={product.id} data-digits={digits} data-ref={reference?.toPrecision(7)}>
      <th scope="row">
        <button type="button" aria-pressed="false" aria-label={`Favourite ${product.id}`} />
        <a href={`/products/${product.id}`}>
          <b>{product.baseName}</b>
          <small>{product.id}</small>
        </a>
      </th>
      <td>
        <span data-live={LIVE_CELLS.price}>
          {price === null ? "–" : withCurrency(priceText(price, digits), product.quoteCurrency)}
        </span>
      </td>
      <td class={change?.direction} data-live={LIVE_CELLS.change}>{change?.text ?? "–"}</td>
      <td>{volume === null ? "–" : withCurrency(compactAmount(volume), product.quoteCurrency)}</td>
      <td class={change?.direction} data-live={LIVE_CELLS.line}>
        {path !== null && (
          <svg viewBox={`0 0 ${SPARKLINE_WIDTH} ${SPARKLINE_HEIGHT}`} preserveAspectRatio="none">
            <path d={path} />
          </svg>
        )}
      </td>
    </tr>
  );
}
