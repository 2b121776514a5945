import { parseProductId } from "../../lib/candles/product.ts";
import { type PaletteItem, productItem } from "./palette_item.ts";

const KEY = "palette";
const MOST_RECENT = 5;
const LONGEST_STORED = 2000;
const LONGEST_NAME = 100;

/** The storage of texts: a browser's `localStorage`, which may refuse anything at any time. */
export type TextStore = Pick<Storage, "getItem" | "setItem">;

/** A chosen item in its stored form. */
type Kept = Pick<PaletteItem, "key" | "title" | "detail">;

/**
 * The last choices in the palette, stored in this browser. `store` returns the storage, or throws where there is none:
 * then nothing is recent.
 */
export class RecentItems {
  readonly #store: () => TextStore;

  constructor(store: () => TextStore) {
    this.#store = store;
  }

  /** The last ones, newest first, of what is there: products, which may not be listed yet, are made of what was kept. */
  among(items: readonly PaletteItem[]): readonly PaletteItem[] {
    return this.#read().flatMap(({ key, title, detail }) => {
      const item = items.find((one) => one.key === key);
      if (item !== undefined) return [item];
      const product = parseProductId(title);
      return product === null ? [] : [productItem(product, detail)];
    });
  }

  /** Puts an item first. */
  add({ key, title, detail }: PaletteItem): void {
    const kept = [{ key, title, detail }, ...this.#read().filter((one) => one.key !== key)];
    try {
      this.#store().setItem(KEY, JSON.stringify(kept.slice(0, MOST_RECENT)));
    } catch {
      // A browser without storage has nothing recent.
    }
  }

  #read(): readonly Kept[] {
    let kept: unknown;
    try {
      const text = this.#store().getItem(KEY) ?? "";
      kept = text.length > LONGEST_STORED ? null : JSON.parse(text);
    } catch {
      return [];
    }
    return Array.isArray(kept) ? kept.flatMap(readKept).slice(0, MOST_RECENT) : [];
  }
}

/** What is stored but is not an item is left out. */
function readKept(one: unknown): readonly Kept[] {
  if (typeof one !== "object" || one === null) return [];
  if (!("key" in one && "title" in one && "detail" in one)) return [];
  const { key, title, detail } = one;
  const texts = [key, title, detail].flatMap((text) =>
    typeof text === "string" && text.length <= LONGEST_NAME ? [text] : []
  );
  const [keptKey, keptTitle, keptDetail] = texts;
  return keptKey === undefined || keptTitle === undefined || keptDetail === undefined
    ? []
    : [{ key: keptKey, title: keptTitle, detail: keptDetail }];
}
