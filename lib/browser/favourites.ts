import { signal } from "@preact/signals";

const KEY = "favourites";

/** The ids of the products that a person has starred, kept in this browser and shared by its tabs. */
export const favourites = signal<ReadonlySet<string>>(new Set());

/** Reads the stored stars, and follows other tabs' changes for as long as the page lasts. */
export function followFavourites(): void {
  favourites.value = read();
  addEventListener("storage", ({ key }: StorageEvent) => {
    if (key === KEY || key === null) favourites.value = read();
  });
}

/** Toggles a product's star. */
export function toggleFavourite(id: string): void {
  const next = new Set(favourites.peek());
  if (!next.delete(id)) next.add(id);
  favourites.value = next;
  try {
    localStorage.setItem(KEY, [...next].join());
  } catch {
    // A browser without storage shows the stars until the page is left.
  }
}

function read(): ReadonlySet<string> {
  try {
    return new Set(localStorage.getItem(KEY)?.match(/[^,]+/g));
  } catch {
    return new Set();
  }
}
