import { effect, signal } from "@preact/signals";
import { favourites, followFavourites, toggleFavourite } from "../../../lib/browser/favourites.ts";
import { rememberView, showView } from "../market_filter.ts";
import { followMarketKeys } from "./follow_market_keys.ts";
import type { MarketView } from "../market_view.ts";

/**
 * Filters the products as a person types: all rows are on the page, and those that do not match are hidden. The form
 * shows how many were found. It lasts as long as the page. Browser only.
 */
export function chooseRows(first: MarketView): void {
  const form = document.querySelector<HTMLFormElement>("form.search");
  const field = form?.querySelector("input");
  const only = form?.querySelector("button");
  const status = form?.querySelector("[role=status]");
  // What was typed before this script arrived counts too.
  const view = signal({ ...first, search: field?.value ?? "" });
  const choose = () => {
    const quotes = form?.querySelector("select");
    const quote = quotes ? quotes.value || null : first.quote;
    view.value = { ...view.value, search: field?.value ?? "", quote };
  };
  const click = ({ target }: Event) => {
    const button = target instanceof Element ? target.closest("button") : null;
    const id = button?.closest<HTMLElement>("tr[data-id]")?.dataset.id;
    if (id !== undefined) toggleFavourite(id);
    if (button && button === only) {
      view.value = { ...view.value, favourites: !view.value.favourites };
    }
  };
  form?.addEventListener("input", choose);
  addEventListener("click", click);
  followFavourites();
  followMarketKeys(toggleFavourite);
  effect(() => {
    const { search, favourites: onlyFavourites } = view.value;
    const count = showView(view.value, favourites.value);
    only?.setAttribute("aria-pressed", `${onlyFavourites}`);
    if (status) status.textContent = search === "" && !onlyFavourites ? "" : `${count} found`;
  });
  effect(() => rememberView(view.value));
}
