import type { MarketView } from "./market_view.ts";
import { isInView, writeMarketView } from "./market_view.ts";

/** The rows of the dashboard's table, as the server rendered them. */
export function marketRowElements(): HTMLTableRowElement[] {
  return [...document.querySelectorAll<HTMLTableRowElement>(".market tbody tr")];
}

/**
 * Hides the rows that are not in view and marks the favourites. Shows how many are in view.
 * Browser only.
 */
export function showView(view: MarketView, favourites: ReadonlySet<string>): number {
  let count = 0;
  for (const row of marketRowElements()) {
    const id = row.dataset.id ?? "";
    const name = row.querySelector("b")?.textContent ?? "";
    const isFavourite = favourites.has(id);
    const isShown = isInView(view, { id, name }) && (isFavourite || !view.favourites);
    row.hidden = !isShown;
    row.querySelector("button")?.setAttribute("aria-pressed", `${isFavourite}`);
    count += Number(isShown);
  }
  const none = document.querySelector<HTMLElement>(".no-match");
  if (none !== null) none.hidden = count > 0;
  document.querySelector(".market")?.removeAttribute("data-waiting");
  return count;
}

/** Brings the address, and what leads on from it, up to the view. Browser only. */
export function rememberView(view: MarketView): void {
  const url = new URL(location.href);
  writeMarketView(url.searchParams, view);
  history.replaceState(history.state, "", url);
  for (const link of document.querySelectorAll<HTMLAnchorElement>(".market thead a")) {
    const target = new URL(link.href);
    writeMarketView(target.searchParams, view);
    link.href = target.href;
  }
}
