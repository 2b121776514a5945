import { KeyCaps } from "../shortcuts/KeyCaps.tsx";
import { SITE_KEYS } from "../site/site_keys.ts";
import { MARKET_KEYS } from "./market_keys.ts";
import { MARKET_COLUMNS } from "./market_columns.ts";
import type { MarketOrder } from "./market_order.ts";
import { orderLink } from "./market_order.ts";
import type { Screen } from "./screen.ts";
import type { MarketView } from "./market_view.ts";

/** The dashboard's table around rows that are rendered already. */
export function MarketTable(
  { rowsHtml, order, view, screen, matches }: {
    rowsHtml: string;
    order: MarketOrder;
    view: MarketView;
    screen: Screen;
    matches: number;
  },
) {
  const shown = MARKET_COLUMNS.filter(({ name }) => screen.columns.includes(name));
  return (
    <div class="panel">
      <table
        class="market"
        data-columns={shown.length}
        data-waiting={view.favourites ? "" : undefined}
      >
        <caption class="sr-only">Products, their prices and volumes</caption>
        <thead>
          <tr>
            {shown.map(({ name, sort, title, ...column }) => (
              <th
                key={name}
                scope="col"
                data-col={name}
                aria-sort={sort === order.sort ? direction(order) : undefined}
              >
                {sort === null ? title : (
                  <a href={orderLink(sort, order, view, screen)}>
                    <span>
                      {"over" in column && (
                        <span class={column.over === "24 h " ? "usual" : undefined}>
                          {column.over}
                        </span>
                      )}
                      <span>{title}</span>
                    </span>
                    <span aria-hidden="true">
                      {sort === order.sort ? order.descending ? "↓" : "↑" : ""}
                    </span>
                  </a>
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody dangerouslySetInnerHTML={{ __html: rowsHtml }} />
      </table>
      <p class="no-match" hidden={matches > 0}>
        No product fits. <span>The star beside a product makes it a favourite.</span>
      </p>
      <p class="keys" aria-hidden="true">
        <KeyCaps keys={SITE_KEYS.palette.slice(0, 1)} /> go to <KeyCaps keys={MARKET_KEYS.find} />
        {" "}
        find <KeyCaps keys={[...MARKET_KEYS.up, ...MARKET_KEYS.down]} /> move{" "}
        <KeyCaps keys={MARKET_KEYS.favourite} /> favourite <KeyCaps keys={SITE_KEYS.shortcuts} />
        {" "}
        all keys
      </p>
    </div>
  );
}

function direction(order: MarketOrder): "ascending" | "descending" {
  return order.descending ? "descending" : "ascending";
}
