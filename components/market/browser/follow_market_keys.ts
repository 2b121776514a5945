import { marketRowElements } from "../market_filter.ts";

/** What the dashboard's keys do besides moving. */
export interface MarketKeys {
  search(): void;
  favourite(id: string): void;
}

/**
 * `/` searches, the arrows up and down go from product to product, F stars the one in focus. Returns how to
 * stop listening. Browser only.
 */
export function followMarketKeys(keys: MarketKeys): () => void {
  const listen = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.target instanceof HTMLElement ? event.target : null;
    const isTyping = target?.closest("input, textarea, select") != null;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (move(target, event.key === "ArrowDown" ? 1 : -1)) event.preventDefault();
    } else if (isTyping) return;
    else if (event.key === "/") {
      event.preventDefault();
      keys.search();
    } else if (event.key.toLowerCase() === "f") {
      const id = target?.closest<HTMLElement>("tr[data-id]")?.dataset.id;
      if (id !== undefined) keys.favourite(id);
    }
  };
  addEventListener("keydown", listen);
  return () => removeEventListener("keydown", listen);
}

/** Moves the focus from the search field or a row to the next row in view. Whether it did. */
function move(from: HTMLElement | null, step: 1 | -1): boolean {
  const row = from?.closest<HTMLTableRowElement>("tr[data-id]") ?? null;
  const isSearch = from?.matches("input[type=search]") ?? false;
  if (row === null && !(isSearch && step === 1)) return false;
  const rows = marketRowElements().filter(({ hidden }) => !hidden);
  const at = row === null ? 0 : rows.indexOf(row) + step;
  if (at < 0) {
    document.querySelector<HTMLElement>(".search input[type=search]")?.focus();
    return true;
  }
  const link = rows[at]?.querySelector("a");
  link?.focus();
  link?.scrollIntoView({ block: "nearest" });
  return link != null;
}
