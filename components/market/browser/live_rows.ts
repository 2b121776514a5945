import type { Change } from "../change.ts";
import { changeSince } from "../change.ts";
import { liveCell } from "../market_cells.ts";
import { plainPriceText, withCurrency } from "../../site/plain_price.ts";
import { isAtLeast } from "../../../lib/browser/quote.ts";
import { tintPrice } from "../../../lib/browser/price_tint.ts";
import type { Quote } from "../../../lib/browser/quote.ts";

interface Row {
  readonly element: HTMLTableRowElement;
  readonly currency: string;
  readonly digits: number;
  readonly reference: number | null;
  visible: boolean;
  newest: Quote | null;
  shown: Quote | null;
  /** Of its change, as the cell's class shows it. */
  direction: string | undefined;
}

/** How many products rose and fell. */
export interface MarketCounts {
  readonly up: number;
  readonly down: number;
}

/**
 * Keeps the dashboard's server-rendered rows live without hydrating them: quotes are noted as they come,
 * and once per frame the rows that changed and can be seen are written. The rest wait until scrolled to.
 */
export class LiveRows {
  readonly #rows = new Map<string, Row>();
  readonly #dirty = new Set<Row>();
  readonly #observer: IntersectionObserver;
  readonly #onCounts: (counts: MarketCounts) => void;
  #frame = 0;

  constructor(table: HTMLTableElement, onCounts: (counts: MarketCounts) => void) {
    this.#onCounts = onCounts;
    this.#observer = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) {
        const row = target instanceof HTMLElement && this.#rows.get(target.dataset.id ?? "");
        if (!row) continue;
        row.visible = isIntersecting;
        if (isIntersecting && row.newest !== row.shown) this.#mark(row);
      }
    }, { rootMargin: "200px" });
    this.adopt(table);
  }

  /** Keeps a table's rows live as they are now. */
  adopt(table: HTMLTableElement): void {
    this.#observer.disconnect();
    for (const element of table.tBodies[0]?.rows ?? []) this.#adopt(element);
  }

  /** Takes a quote of any product; one that is not newer than what is held changes nothing. */
  take(quote: Quote): void {
    const row = this.#rows.get(quote.productId);
    if (row === undefined || row.newest !== null && !isAtLeast(quote, row.newest)) return;
    row.newest = quote;
    this.#mark(row);
  }

  #adopt(element: HTMLTableRowElement): void {
    const { id = "", digits, ref } = element.dataset;
    this.#rows.set(id, {
      element,
      currency: id.slice(id.indexOf("-") + 1),
      digits: Number(digits),
      reference: ref === undefined ? null : Number(ref),
      visible: false,
      newest: null,
      shown: null,
      direction: liveCell(element, "change")?.className,
    });
    this.#observer.observe(element);
  }

  #mark(row: Row): void {
    this.#dirty.add(row);
    this.#frame ||= requestAnimationFrame(() => this.#paint());
  }

  #paint(): void {
    this.#frame = 0;
    let turned = false;
    for (const row of this.#dirty) {
      if (row.newest === null) continue;
      const change = changeSince(row.reference, Number(row.newest.close));
      turned ||= change?.direction !== row.direction;
      row.direction = change?.direction;
      if (row.visible) write(row, row.newest, change);
    }
    this.#dirty.clear();
    if (turned) this.#onCounts(this.#counts());
  }

  #counts(): MarketCounts {
    const count = (side: string) =>
      [...this.#rows.values()].filter(({ direction }) => direction === side).length;
    return { up: count("up"), down: count("down") };
  }
}

function write(row: Row, quote: Quote, change: Change | null): void {
  const price = liveCell(row.element, "price");
  const percent = liveCell(row.element, "change");
  const line = liveCell(row.element, "line");
  const text = withCurrency(plainPriceText(quote.close, row.digits), row.currency);
  if (price !== null && price.textContent !== text) {
    price.textContent = text;
    // The first quote only confirms the page's price; the tint is for later moves.
    if (row.shown !== null) tintPrice(price, Number(quote.close) - Number(row.shown.close));
  }
  if (percent !== null && change !== null && percent.textContent !== change.text) {
    percent.textContent = change.text;
    percent.className = change.direction;
    if (line !== null) line.className = change.direction;
  }
  row.shown = quote;
}
