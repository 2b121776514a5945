import type { PaletteItem } from "./palette_item.ts";

/** The items that match a text: the best of them, and the number of all. */
export interface Found {
  readonly items: readonly PaletteItem[];
  readonly count: number;
}

/** An item in the form that is compared with what is typed. */
interface Entry {
  readonly item: PaletteItem;
  /** Letters and digits alone, of title and detail. */
  readonly title: string;
  readonly detail: string;
  readonly words: readonly string[];
}

/** More letters than any title has. */
const LONGEST_TEXT = 60;
/** Letters that must be typed before some in between may be missing. */
const LEAST_FUZZY = 2;
const RANKS = 7;

/**
 * Finds items by what is typed. The same text always finds the same: items in the order they were given in, ranked by
 * how their title (`BTC-USD`) or detail (`Bitcoin`) fits. Signs and capitals do not count.
 */
export class PaletteIndex {
  readonly #entries: readonly Entry[];

  constructor(items: readonly PaletteItem[]) {
    this.#entries = items.map((item) => {
      const words = [...wordsOf(item.title), ...wordsOf(item.detail)];
      return { item, title: squeezed(item.title), detail: squeezed(item.detail), words };
    });
  }

  /** At most `limit` matching items, the best first; all items in their order if nothing is typed. */
  find(text: string, limit: number): Found {
    const words = wordsOf(text.slice(0, LONGEST_TEXT));
    const ranked: PaletteItem[][] = Array.from({ length: RANKS }, () => []);
    for (const entry of this.#entries) {
      const rank = rankOf(entry, words);
      if (rank !== null) ranked[rank]?.push(entry.item);
    }
    const found = ranked.flat();
    return { items: found.slice(0, limit), count: found.length };
  }
}

/** How well an item fits what is typed, 0 best; null if it does not. */
function rankOf({ title, detail, words }: Entry, typed: readonly string[]): number | null {
  const text = typed.join("");
  if (text === "") return 0;
  if (title === text || detail === text) return 0;
  // The base currency of a product, the first word of anything else.
  if (words[0] === text) return 1;
  if (title.startsWith(text)) return 2;
  if (detail.startsWith(text)) return 3;
  if (typed.every((one) => words.some((word) => word.startsWith(one)))) return 4;
  if (title.includes(text) || detail.includes(text)) return 5;
  return isWithin(text, title) || isWithin(text, detail) ? 6 : null;
}

/** Whether letters are within a text in their order, beginning with its first. */
function isWithin(letters: string, text: string): boolean {
  if (letters.length < LEAST_FUZZY || letters[0] !== text[0]) return false;
  let at = 0;
  for (const letter of letters) {
    at = text.indexOf(letter, at) + 1;
    if (at === 0) return false;
  }
  return true;
}

function wordsOf(text: string): readonly string[] {
  return plain(text).match(/[\p{L}\p{N}]+/gu) ?? [];
}

function squeezed(text: string): string {
  return wordsOf(text).join("");
}

/** Small letters without their accents. */
function plain(text: string): string {
  return text.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase();
}
