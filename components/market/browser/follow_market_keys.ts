import { singleKeysOn } from "../../site/single_keys.ts";
import { marketRowElements } from "../market_filter.ts";
import { MARKET_KEYS } from "../market_keys.ts";

/** Goes from product to product, stars the one in focus, and goes to the field that finds products. Browser only. */
export function followMarketKeys(favourite: (id: string) => void): void {
  addEventListener("keydown", (event: KeyboardEvent) => {
    const { key, isComposing } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || isComposing) return;
    const target = event.target instanceof HTMLElement ? event.target : null;
    const step = Number(MARKET_KEYS.down.includes(key)) - Number(MARKET_KEYS.up.includes(key));
    if (step !== 0) {
      if (move(target, step)) event.preventDefault();
    } else if (target?.closest("input, textarea, select")) return;
    else if (MARKET_KEYS.find.includes(key) && singleKeysOn(document.cookie)) {
      event.preventDefault();
      focusField();
    } else if (MARKET_KEYS.favourite.includes(key)) {
      const id = target?.closest<HTMLElement>("tr[data-id]")?.dataset.id;
      if (id !== undefined) favourite(id);
    }
  });
}

/** Moves the focus from the search field or a row to the next row in view. Whether it did. */
function move(from: HTMLElement | null, step: number): boolean {
  const row = from?.closest<HTMLTableRowElement>("tr[data-id]") ?? null;
  const isSearch = from?.matches("input[type=search]") ?? false;
  if (row === null && !(isSearch && step === 1)) return false;
  const rows = marketRowElements().filter(({ hidden }) => !hidden);
  const at = row === null ? 0 : rows.indexOf(row) + step;
  if (at < 0) {
    focusField();
    return true;
  }
  const link = rows[at]?.querySelector("a");
  link?.focus();
  link?.scrollIntoView({ block: "nearest" });
  return link != null;
}

function focusField(): void {
  document.querySelector<HTMLElement>(".search input")?.focus();
}
