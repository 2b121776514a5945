import { countText } from "../site/count_text.ts";
import type { ComponentChildren } from "preact";
import { renderToString } from "preact-render-to-string";
import type { CatalogueProduct } from "../../app.ts";
import { formatDecimal } from "../../lib/candles/decimal.ts";
import { ExactSince } from "./ExactSince.tsx";
import { compactAmount } from "../site/amount.ts";
import { LIVE_CELLS } from "./market_cells.ts";
import { changeOf } from "./change.ts";
import { DEFAULT_COLUMNS, type MarketColumnName } from "./market_columns.ts";
import type { QuietCells } from "./market_news.ts";
import type { MarketRow } from "./market_row.ts";
import type { MarketView } from "./market_view.ts";
import { isInView } from "./market_view.ts";
import { withCurrency } from "../site/plain_price.ts";
import { priceDigits, priceText } from "../site/price.ts";
import { SPARKLINE_HEIGHT, SPARKLINE_WIDTH, sparklinePath } from "./sparkline.ts";

// Cells are the page's bulk and change one by one, so each is rendered again only when what it shows differs; a row that
// comes again is not compared, and an array of rows that comes again is not looked through. A catalogue that is read again
// brings new products, and the old ones' cells go with them.
const rendered = new WeakMap<CatalogueProduct, RenderedCells>();

type RenderedCells = Map<MarketColumnName, RenderedCell>;

interface RenderedCell {
  /** The last row that shows it. */
  row: MarketRow;
  /** The shown content, as text. */
  readonly look: string;
  readonly html: string;
}

const renderedWhole = new WeakMap<readonly MarketRow[], string>();

/** Rows that are rendered in one turn: some 3 ms. */
const SLICE_ROWS = 50;

/**
 * Renders changed rows, some in each turn of the event loop: for the first page after a start, all rows of five hundred
 * products take 40 ms. `marketRowsHtml` then finds them rendered.
 */
export async function prepareMarketRows(
  rows: readonly MarketRow[],
  columns: readonly MarketColumnName[] = DEFAULT_COLUMNS,
): Promise<void> {
  let fresh = 0;
  for (const row of rows) {
    const cells = cellsOf(row);
    const changed = columns.filter((name) => renderCell(cells, name, row));
    if (changed.length > 0 && ++fresh % SLICE_ROWS === 0) {
      await new Promise((resolve) => void setImmediate(resolve));
    }
  }
}

/** The rows of the dashboard's table as HTML, including hidden ones that are not in view. */
export function marketRowsHtml(
  rows: readonly MarketRow[],
  view: MarketView,
  columns: readonly MarketColumnName[] = DEFAULT_COLUMNS,
): string {
  const isWhole = view.search === "" && view.quote === null;
  const isKept = isWhole && columns === DEFAULT_COLUMNS;
  const held = isKept ? renderedWhole.get(rows) : undefined;
  if (held !== undefined) return held;
  const html = rows.map((row) => rowHtml(row, columns, !isWhole && !isShown(row, view))).join("");
  if (isKept) renderedWhole.set(rows, html);
  return html;
}

/** Whether a row is in view, as far as the server knows. */
export function isShown({ product }: MarketRow, view: MarketView): boolean {
  return isInView(view, { id: product.id, name: product.baseName });
}

function rowHtml(
  row: MarketRow,
  columns: readonly MarketColumnName[],
  isHidden: boolean,
): string {
  const reference = referenceText(row);
  const cells = cellsOf(row);
  // An id is letters, digits and dashes.
  return `<tr${isHidden ? " hidden" : ""} data-id="${row.product.id}" data-digits="${
    digitsOf(row)
  }"` +
    `${reference === null ? "" : ` data-ref="${reference}"`}>` +
    `${columns.map((name) => cellHtml(cells, name, row)).join("")}</tr>`;
}

/** A row's cells that change with time and not with the stream, of some columns. */
export function quietCells(
  row: MarketRow,
  columns: readonly MarketColumnName[] = DEFAULT_COLUMNS,
): QuietCells {
  const quiet = columns.filter((name) => !STREAMED.includes(name));
  const cells = cellsOf(row);
  return Object.fromEntries(quiet.map((name) => [name, cellHtml(cells, name, row)]));
}

const STREAMED: readonly MarketColumnName[] = ["product", "price", "change"];

/** The price 24 hours ago as the browser reads it. */
export function referenceText({ reference }: MarketRow): string | null {
  return reference?.toPrecision(7) ?? null;
}

function cellsOf({ product }: MarketRow): RenderedCells {
  return rendered.getOrInsertComputed(product, () => new Map());
}

function cellHtml(cells: RenderedCells, name: MarketColumnName, row: MarketRow): string {
  renderCell(cells, name, row);
  return cells.get(name)?.html ?? "";
}

/** Renders a cell if it differs from the one rendered before; true if so. */
function renderCell(cells: RenderedCells, name: MarketColumnName, row: MarketRow): boolean {
  const held = cells.get(name);
  if (held?.row === row) return false;
  const look = LOOKS[name](row);
  if (held?.look === look) {
    held.row = row;
    return false;
  }
  cells.set(name, { row, look, html: htmlOf(name, look, row) });
  return true;
}

/** Columns whose cells are alike in all rows that look the same. */
const ALIKE: ReadonlySet<MarketColumnName> = new Set([
  "change",
  "hour",
  "week",
  "range",
  "high",
  "low",
  "ratio",
  "trades",
  "rsi",
]);
/** Their cells by column and look: when all prices have moved, finding them takes a tenth of rendering them. */
const alike = new Map<string, string>();
/** Some megabyte; of more looks than that all are forgotten. */
const MAX_ALIKE = 5_000;

function htmlOf(name: MarketColumnName, look: string, row: MarketRow): string {
  if (!ALIKE.has(name)) return renderToString(<MarketCell name={name} row={row} />);
  if (alike.size >= MAX_ALIKE) alike.clear();
  return alike.getOrInsertComputed(
    `${name} ${look}`,
    () => renderToString(<MarketCell name={name} row={row} />),
  );
}

/** The text by which a cell is cached, beside the product: while it is the same, so is the cell. */
const LOOKS: Readonly<Record<MarketColumnName, (row: MarketRow) => string>> = {
  product: () => "",
  price: ({ price }) => price === null ? "" : formatDecimal(price),
  change: ({ change }) => change?.text ?? "",
  volume: () => "",
  line: (row) => `${row.change?.direction} ${linePath(row)}`,
  exact: ({ exact: { since, state } }) => `${since} ${state}`,
  hour: ({ screen }) => changeText(screen.hour),
  week: ({ screen }) => changeText(screen.week),
  range: ({ screen }) => percentText(screen.range),
  high: ({ screen }) => changeText(screen.high),
  low: ({ screen }) => changeText(screen.low),
  ratio: ({ screen }) => screen.ratio === null ? UNKNOWN : `${screen.ratio.toFixed(1)}×`,
  trades: ({ screen }) => screen.trades === null ? UNKNOWN : figureText(screen.trades),
  rsi: ({ screen }) => screen.rsi === null ? UNKNOWN : screen.rsi.toFixed(0),
};

function changeText(percent: number | null): string {
  return percent === null ? UNKNOWN : changeOf(percent).text;
}

function percentText(percent: number | null): string {
  return percent === null ? UNKNOWN : `${percent.toFixed(percent < 100 ? 2 : 0)}%`;
}

/** Whole from 100 on, with one digit after the point below. */
function figureText(value: number): string {
  return value >= 100 ? countText(Math.round(value)) : value.toFixed(1);
}

function MarketCell({ name, row }: { name: MarketColumnName; row: MarketRow }) {
  const { content, direction, live } = CELLS[name](row);
  return name === "product"
    ? <th scope="row" data-col={name}>{content}</th>
    : <td data-col={name} class={direction} data-live={live}>{content}</td>;
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
  line: (row) => ({
    content: <Line path={linePath(row)} />,
    direction: row.change?.direction,
    live: LIVE_CELLS.line,
  }),
  exact: ({ exact }) => ({ content: <ExactSince past={exact} /> }),
  hour: ({ screen }) => changeCell(screen.hour),
  week: ({ screen }) => changeCell(screen.week),
  range: (row) => ({ content: LOOKS.range(row) }),
  high: (row) => ({ content: LOOKS.high(row) }),
  low: (row) => ({ content: LOOKS.low(row) }),
  ratio: (row) => ({ content: LOOKS.ratio(row) }),
  trades: (row) => ({ content: LOOKS.trades(row) }),
  rsi: (row) => ({ content: LOOKS.rsi(row) }),
};

function changeCell(percent: number | null): Cell {
  if (percent === null) return { content: UNKNOWN };
  const { text, direction } = changeOf(percent);
  return { content: text, direction };
}

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

function linePath({ sparkline: { prices, share } }: MarketRow): string | null {
  return sparklinePath(prices, share);
}

function priceOf(row: MarketRow): string {
  const { price, product } = row;
  if (price === null) return UNKNOWN;
  return withCurrency(priceText(price, digitsOf(row)), product.quoteCurrency);
}

function digitsOf({ product }: MarketRow): number {
  return priceDigits(product.quoteIncrement, product.price);
}
