import { effect, useSignal } from "@preact/signals";
import { IS_BROWSER } from "fresh/runtime";
import { useEffect, useRef } from "preact/hooks";
import { rememberView, showView } from "../components/market_filter.ts";
import { followMarketKeys } from "../components/market_keys.ts";
import type { MarketView } from "../components/market_view.ts";
import { favourites, followFavourites, toggleFavourite } from "../lib/browser/favourites.ts";

export interface MarketSearchProps {
  readonly view: MarketView;
  /** The quote currencies there are; chosen among only if there are several. */
  readonly quotes: readonly string[];
}

/**
 * What chooses the products in view: all rows are on the page, and it hides those that do not fit. Without
 * script the form around it asks the server for the same view, favourites aside.
 */
export default function MarketSearch({ view: first, quotes }: MarketSearchProps) {
  const input = useRef<HTMLInputElement>(null);
  const view = useSignal(first);
  const found = useSignal("");

  useEffect(() => {
    const stopFavourites = followFavourites();
    const stopKeys = followMarketKeys({
      search: () => input.current?.focus(),
      favourite: toggleFavourite,
    });
    // What was typed before this script arrived counts too.
    const typed = input.current?.value ?? first.search;
    if (typed !== first.search) view.value = { ...first, search: typed };
    const stopShowing = effect(() => {
      const count = showView(view.value, favourites.value);
      const isWhole = view.value.search === "" && !view.value.favourites;
      found.value = isWhole ? "" : `${count} ${count === 1 ? "product" : "products"} found`;
    });
    const stopRemembering = effect(() => rememberView(view.value));
    const star = (event: Event) => {
      const button = event.target instanceof Element && event.target.closest(".market button");
      const id = button && button.closest<HTMLElement>("tr")?.dataset.id;
      if (id) toggleFavourite(id);
    };
    document.addEventListener("click", star);
    return () => {
      for (const stop of [stopFavourites, stopKeys, stopShowing, stopRemembering]) stop();
      document.removeEventListener("click", star);
    };
  }, []);

  const change = (part: Partial<MarketView>) => view.value = { ...view.value, ...part };
  const { quote, favourites: onlyFavourites } = view.value;
  return (
    <>
      <div class="search-field">
        <input
          ref={input}
          type="search"
          name="q"
          aria-label="Find a product"
          placeholder="Find a product"
          autocomplete="off"
          // Given in the browser too, it would wipe out what was typed before this script arrived.
          value={IS_BROWSER ? undefined : first.search}
          onInput={(event) => change({ search: event.currentTarget.value })}
        />
        <kbd aria-hidden="true">/</kbd>
      </div>
      {quotes.length > 1 && (
        <select
          name="quote"
          aria-label="Quote currency"
          onChange={(event) => change({ quote: event.currentTarget.value || null })}
        >
          <option value="">All currencies</option>
          {quotes.map((one) => (
            <option key={one} value={one} selected={one === quote}>{one}</option>
          ))}
        </select>
      )}
      <button
        type="button"
        class="only-favourites"
        aria-pressed={onlyFavourites ? "true" : "false"}
        onClick={() => change({ favourites: !onlyFavourites })}
      >
        Favourites
      </button>
      <span class="sr-only" role="status">{found}</span>
    </>
  );
}
