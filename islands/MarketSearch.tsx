import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { Icon } from "../components/Icon.tsx";
import type { MarketOrder } from "../components/market_order.ts";
import { matchesSearch } from "../components/market_order.ts";

/** What the server searched for and how it ordered, so that the form keeps both. */
export interface MarketSearchProps {
  readonly search: string;
  readonly order: MarketOrder;
}

/**
 * The search box. As one types it hides the table's rows that do not match (all are on the page);
 * without script the form asks the server for the same view.
 */
export default function MarketSearch({ search, order }: MarketSearchProps) {
  const input = useRef<HTMLInputElement>(null);
  const found = useSignal("");

  useEffect(() => {
    const focus = (event: KeyboardEvent) => {
      const typing = event.target instanceof HTMLElement && event.target.closest("input, textarea");
      if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      input.current?.focus();
    };
    addEventListener("keydown", focus);
    // What was typed before this script arrived counts too.
    if (input.current !== null && input.current.value !== search) filter(input.current.value);
    return () => removeEventListener("keydown", focus);
  }, []);

  const filter = (text: string) => {
    const count = showMatches(text);
    found.value = text === "" ? "" : `${count} ${count === 1 ? "product" : "products"} found`;
    const url = new URL(location.href);
    if (text === "") url.searchParams.delete("q");
    else url.searchParams.set("q", text);
    history.replaceState(history.state, "", url);
  };

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const rows = document.querySelectorAll<HTMLTableRowElement>(".market tbody tr:not([hidden])");
    if (rows.length === 1) rows[0]?.querySelector("a")?.click();
  };

  const clear = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || input.current === null) return;
    input.current.value = "";
    filter("");
  };

  return (
    <form class="search" role="search" method="get" action="/" onSubmit={submit}>
      <Icon name="search" />
      <input
        ref={input}
        type="search"
        name="q"
        aria-label="Find a product"
        placeholder="Find a product"
        autocomplete="off"
        spellcheck={false}
        defaultValue={search}
        onInput={(event) => filter(event.currentTarget.value)}
        onKeyDown={clear}
      />
      <kbd aria-hidden="true">/</kbd>
      <input type="hidden" name="sort" value={order.sort} />
      <input type="hidden" name="order" value={order.descending ? "desc" : "asc"} />
      <span class="sr-only" role="status">{found}</span>
    </form>
  );
}

/** Hides the rows that do not match and says how many do. */
function showMatches(text: string): number {
  let count = 0;
  for (const row of document.querySelectorAll<HTMLTableRowElement>(".market tbody tr")) {
    const matches = matchesSearch(text, row.cells[0]?.textContent ?? "", row.dataset.id ?? "");
    row.hidden = !matches;
    count += Number(matches);
  }
  const none = document.querySelector<HTMLElement>(".no-match");
  if (none !== null) none.hidden = count > 0;
  return count;
}
