import type { ProductId } from "../candles/product.ts";
import type { Anchor, Drawing, DrawingKind } from "./drawing.ts";
import { DRAWING_KINDS, DRAWINGS, isAnchor, LONGEST_TEXT } from "./drawing.ts";
import { drawingsKey } from "./drawings_key.ts";

/** Most drawings of a product. */
export const MOST_DRAWINGS = 100;
/** A stored text longer than this was not written here, and is not parsed. */
const LONGEST_STORED = 100_000;
const ID = /^[a-z0-9]{1,24}$/;

/** Where texts are kept: a browser's `localStorage`, which may refuse anything at any time. */
export type TextStore = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/** The drawings after a change, and why it was not made or not kept, in words; null if it was. */
export interface DrawingsResult {
  readonly drawings: readonly Drawing[];
  readonly problem: string | null;
}

/**
 * The drawings of one product, kept in a browser and shared by its tabs: each change is made to what is stored at that moment.
 * Where nothing can be stored, they last as long as this object. `store` gives the storage, or throws where there is none.
 */
export class StoredDrawings {
  readonly #store: () => TextStore;
  readonly #key: string;
  #drawings: readonly Drawing[] = [];

  constructor(store: () => TextStore, productId: ProductId) {
    this.#store = store;
    this.#key = drawingsKey(productId);
  }

  read(): DrawingsResult {
    try {
      this.#drawings = parseDrawings(this.#store().getItem(this.#key));
      return { drawings: this.#drawings, problem: null };
    } catch {
      return {
        drawings: this.#drawings,
        problem: "This browser keeps no drawings: they last until the page is left.",
      };
    }
  }

  /** Adds a drawing, or takes the place of the one with its id. */
  put(drawing: Drawing): DrawingsResult {
    return this.#change((drawings) =>
      drawings.some(({ id }) => id === drawing.id)
        ? drawings.map((one) => one.id === drawing.id ? drawing : one)
        : [...drawings, drawing]
    );
  }

  remove(id: string): DrawingsResult {
    return this.#change((drawings) => drawings.filter((one) => one.id !== id));
  }

  removeAll(): DrawingsResult {
    return this.#change(() => []);
  }

  #change(change: (drawings: readonly Drawing[]) => readonly Drawing[]): DrawingsResult {
    const before = this.read();
    const next = change(before.drawings);
    if (next.length > MOST_DRAWINGS) {
      return {
        ...before,
        problem: `A product has at most ${MOST_DRAWINGS} drawings: delete one first.`,
      };
    }
    this.#drawings = next;
    if (before.problem !== null) return { ...before, drawings: next };
    try {
      const store = this.#store();
      if (next.length === 0) store.removeItem(this.#key);
      else store.setItem(this.#key, writeDrawings(next));
      return { drawings: next, problem: null };
    } catch {
      return {
        drawings: next,
        problem:
          "This browser’s storage is full or forbidden: the change lasts until the next one.",
      };
    }
  }
}

/** The text that drawings are kept as. */
export function writeDrawings(drawings: readonly Drawing[]): string {
  return JSON.stringify(drawings);
}

/** Reads kept drawings. What is not a drawing is left out, and so is what exceeds the limit. */
export function parseDrawings(text: string | null): readonly Drawing[] {
  if (text === null || text.length > LONGEST_STORED) return [];
  let kept: unknown;
  try {
    kept = JSON.parse(text);
  } catch {
    return [];
  }
  if (!Array.isArray(kept)) return [];
  const drawings = new Map<string, Drawing>();
  for (const one of kept) {
    const drawing = parseDrawing(one);
    if (drawing === null || drawings.has(drawing.id)) continue;
    drawings.set(drawing.id, drawing);
    if (drawings.size === MOST_DRAWINGS) break;
  }
  return [...drawings.values()];
}

function parseDrawing(kept: unknown): Drawing | null {
  if (typeof kept !== "object" || kept === null) return null;
  if (!("id" in kept && "kind" in kept && "anchors" in kept && "text" in kept)) return null;
  const { id, text } = kept;
  const kind = DRAWING_KINDS.find((one) => one === kept.kind);
  if (kind === undefined || typeof id !== "string" || !ID.test(id)) return null;
  if (typeof text !== "string" || text.length > LONGEST_TEXT) return null;
  const anchors = parseAnchors(kept.anchors, kind);
  if (anchors === null || (kind === "text") !== (text !== "")) return null;
  return { id, kind, anchors, text };
}

function parseAnchors(kept: unknown, kind: DrawingKind): readonly Anchor[] | null {
  if (!Array.isArray(kept) || kept.length !== DRAWINGS[kind].anchors) return null;
  const anchors: Anchor[] = [];
  for (const one of kept) {
    if (typeof one !== "object" || one === null || !("time" in one && "price" in one)) return null;
    const { time, price } = one;
    if (typeof time !== "number" || typeof price !== "number") return null;
    if (!isAnchor({ time, price })) return null;
    anchors.push({ time, price });
  }
  return anchors;
}
