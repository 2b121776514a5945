import { allCaps } from "../shortcuts/key_caps.ts";
import { Icon } from "../site/Icon.tsx";
import { MARKET_KEYS } from "./market_keys.ts";
import type { Screen } from "./screen.ts";
import { writeScreen } from "./screen.ts";
import type { MarketOrder } from "./market_order.ts";
import type { MarketView } from "./market_view.ts";

/** What chooses among the products; the form keeps the order and the screen of the table. */
export function SearchForm(
  { view, quotes, order, screen }: {
    view: MarketView;
    /** The quote currencies of the products there are; chosen among only if there are several. */
    quotes: readonly string[];
    order: MarketOrder;
    screen: Screen;
  },
) {
  const written = new URLSearchParams();
  writeScreen(written, screen);
  return (
    <form class="search" role="search" method="get" action="/">
      <Icon path="M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9zM10.3 10.3 14 14" />
      <div class="search-field">
        <input
          type="search"
          name="q"
          aria-label="Find a product"
          placeholder="Find a product"
          autocomplete="off"
          value={view.search}
        />
        <kbd aria-hidden="true">{allCaps(MARKET_KEYS.find).join()}</kbd>
      </div>
      {quotes.length > 1 && (
        <select name="quote" aria-label="Quote currency" data-setting="Quote currency">
          <option value="">All currencies</option>
          {quotes.map((quote) => (
            <option key={quote} value={quote} selected={quote === view.quote}>{quote}</option>
          ))}
        </select>
      )}
      <button
        type="button"
        class="only-favourites"
        data-setting="Markets"
        aria-pressed={view.favourites ? "true" : "false"}
      >
        Favourites
      </button>
      {quotes.length > 1 && (
        <noscript>
          <button type="submit" class="btn">Show</button>
        </noscript>
      )}
      <input type="hidden" name="sort" value={order.sort} />
      <input type="hidden" name="order" value={order.descending ? "desc" : "asc"} />
      {[...written].map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      <span class="sr-only" role="status" />
    </form>
  );
}
