/** Which of the dashboard's products are shown; all are on the page. */
export interface MarketView {
  /** Part of a name or id; empty for all. */
  readonly search: string;
  /** A quote currency (`EUR`), or null for all. */
  readonly quote: string | null;
  /** Only the favourites, which the browser alone knows. */
  readonly favourites: boolean;
}

/** A product's names as the view looks at them. */
export interface ViewedProduct {
  readonly id: string;
  readonly name: string;
}

const MAX_SEARCH_LENGTH = 40;

/** Reads `?q=…&quote=…&view=favourites`; what is not understood is not there, since it is only a view. */
export function parseMarketView(query: URLSearchParams): MarketView {
  const quote = query.get("quote")?.toUpperCase() ?? "";
  return {
    search: (query.get("q") ?? "").slice(0, MAX_SEARCH_LENGTH),
    quote: /^[A-Z0-9]{1,12}$/.test(quote) ? quote : null,
    favourites: query.get("view") === "favourites",
  };
}

/** Writes a view into a query, leaving everything else in it unchanged. */
export function writeMarketView(query: URLSearchParams, view: MarketView): void {
  const texts = {
    q: view.search,
    quote: view.quote ?? "",
    view: view.favourites ? "favourites" : "",
  };
  for (const [name, text] of Object.entries(texts)) {
    if (text === "") query.delete(name);
    else query.set(name, text);
  }
}

/** Whether a product is in view, favourites aside: by part of its name or id, and its quote currency. */
export function isInView({ search, quote }: MarketView, { id, name }: ViewedProduct): boolean {
  if (quote !== null && quoteOf(id) !== quote) return false;
  const wanted = search.trim().toLowerCase();
  return wanted === "" || `${name} ${id}`.toLowerCase().includes(wanted);
}

/** A product's quote currency: what follows the dash of its id. */
export function quoteOf(id: string): string {
  return id.slice(id.indexOf("-") + 1);
}
