import MarketSearch from "../islands/MarketSearch.tsx";
import { Icon } from "./Icon.tsx";
import type { MarketOrder } from "./market_order.ts";
import type { MarketView } from "./market_view.ts";

/** What chooses among the products; the form keeps the order the table is in. */
export function SearchForm(
  { view, quotes, order }: {
    view: MarketView;
    /** The quote currencies of the products there are. */
    quotes: readonly string[];
    order: MarketOrder;
  },
) {
  return (
    <form class="search" role="search" method="get" action="/">
      <Icon path="M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9zM10.3 10.3 14 14" />
      <MarketSearch view={view} quotes={quotes} />
      {quotes.length > 1 && (
        <noscript>
          <button type="submit" class="btn">Show</button>
        </noscript>
      )}
      <input type="hidden" name="sort" value={order.sort} />
      <input type="hidden" name="order" value={order.descending ? "desc" : "asc"} />
    </form>
  );
}
