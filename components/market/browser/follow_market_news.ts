import { watchIfSet } from "../../alerts/browser/watch_if_set.ts";
import { NewsPoll, requestNews } from "../../../lib/browser/news_poll.ts";
import type { MarketNews, QuietCells } from "../market_news.ts";
import { keepPrintedLine } from "../../site/browser/printed_line.ts";
import type { LiveRows } from "./live_rows.ts";

/** Figures of stored candles are read four times a minute, and requested more often while the past comes in. */
const EVERY_MS = { leastMs: 3_000, mostMs: 30_000 } as const;

/**
 * Polls for what an open dashboard does not get from its stream: lines, volumes, screened figures, exact dates, and new
 * products. Returns a function that stops this. Imported lazily.
 */
export function followMarketNews(
  table: HTMLTableElement,
  live: LiveRows,
): () => void {
  watchIfSet();
  keepPrintedLine();
  const poll = new NewsPoll<MarketNews>({
    ...EVERY_MS,
    request: (signal) => requestNews(`/market/rows${location.search}`, signal),
    take(news) {
      void show(news, table, live);
      return !news.isFilling;
    },
  });
  return () => poll.close();
}

/** What each cell was last replaced by: most have not changed. */
const shown = new WeakMap<HTMLTableRowElement, QuietCells>();

async function show(
  news: MarketNews,
  table: HTMLTableElement,
  live: LiveRows,
): Promise<void> {
  write("exact", news.exact);
  // A table of all products is counted as prices move.
  for (const side of ["up", "down"] as const) {
    if (document.querySelector(`#${side}`) === null) write(side, `${news[side]} ${side}`);
  }
  const rows = new Map(
    [...table.tBodies[0]?.rows ?? []].map((row) => [row.dataset.id ?? "", row]),
  );
  let isReferred = false;
  for (const { id, reference, cells } of news.rows) {
    const row = rows.get(id);
    if (row === undefined) {
      if (!isUsed(table)) return await replaceRows(table, live);
      // It comes with a later reading.
      continue;
    }
    replaceCells(row, cells);
    if (reference === null || row.dataset.ref === reference) continue;
    row.dataset.ref = reference;
    isReferred = true;
  }
  if (isReferred) live.adopt(table);
  keepOrder(news, table, rows);
}

function write(name: string, text: string): void {
  const place = document.querySelector(`[data-news=${name}]`);
  if (place !== null) place.textContent = text;
}

/** Whether a row may be about to be clicked, or has the focus: then all rows stay where they are. */
function isUsed(table: HTMLTableElement): boolean {
  return table.matches(":hover") || table.tBodies[0]?.contains(document.activeElement) === true;
}

/** Removes rows that no longer fit, and orders the others; not while one is used. */
function keepOrder(
  { rows: wanted }: MarketNews,
  table: HTMLTableElement,
  rows: ReadonlyMap<string, HTMLTableRowElement>,
): void {
  const body = table.tBodies[0];
  if (body === undefined || isUsed(table)) return;
  const ids = wanted.map(({ id }) => id);
  const kept = new Set(ids);
  for (const [id, row] of rows) if (!kept.has(id)) row.remove();
  const isKept = [...body.rows].every((row, index) => row.dataset.id === ids[index]);
  if (isKept) return;
  body.append(...ids.flatMap((id) => rows.get(id) ?? []));
}

function replaceCells(row: HTMLTableRowElement, cells: QuietCells): void {
  const before: Readonly<Record<string, string>> = shown.get(row) ?? {};
  for (const [name, html] of Object.entries(cells)) {
    if (before[name] === html) continue;
    const held = row.querySelector(`[data-col="${name}"]`);
    const template = document.createElement("template");
    template.innerHTML = html;
    const cell = template.content.firstElementChild;
    if (held === null || cell === null) continue;
    // The colour of one that is live is the stream's.
    if (cell.hasAttribute("data-live")) cell.className = held.className;
    held.replaceWith(cell);
  }
  shown.set(row, cells);
}

/** The page lacks products: replaces its rows by the server's. */
async function replaceRows(
  table: HTMLTableElement,
  live: LiveRows,
): Promise<void> {
  const answer = await fetch(location.href).catch(() => null);
  if (answer === null || !answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const body = page.querySelector<HTMLTableSectionElement>(".market tbody");
  const held = table.tBodies[0];
  if (body === null || held === undefined) return;
  held.replaceChildren(...body.rows);
  live.adopt(table);
  // Applies the row filter again.
  document.querySelector("form.search")?.dispatchEvent(new Event("input"));
}
