import { useSignal } from "@preact/signals";
import { IS_BROWSER } from "fresh/runtime";
import { useEffect, useRef } from "preact/hooks";
import { matchesSearch } from "../components/product_match.ts";

/**
 * The field of the search form. As one types it hides the table's rows that do not match (all are on the
 * page); without script the form around it asks the server for the same view.
 */
export default function MarketSearch({ search }: { search: string }) {
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

  return (
    <>
      <input
        ref={input}
        type="search"
        name="q"
        aria-label="Find a product"
        placeholder="Find a product"
        autocomplete="off"
        // Given in the browser too, it would wipe out what was typed before this script arrived.
        value={IS_BROWSER ? undefined : search}
        onInput={(event) => filter(event.currentTarget.value)}
      />
      <kbd aria-hidden="true">/</kbd>
      <span class="sr-only" role="status">{found}</span>
    </>
  );
}

/** Hides the rows that do not match and says how many do. */
function showMatches(text: string): number {
  let count = 0;
  for (const row of document.querySelectorAll<HTMLTableRowElement>(".market tbody tr")) {
    const matches = matchesSearch(
      text,
      row.querySelector("b")?.textContent ?? "",
      row.dataset.id ?? "",
    );
    row.hidden = !matches;
    count += Number(matches);
  }
  const none = document.querySelector<HTMLElement>(".no-match");
  if (none !== null) none.hidden = count > 0;
  return count;
}
