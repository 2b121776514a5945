import { parseWorkspace, workspaceQuery } from "./workspace_layout.ts";

const KEY = "workspaces";
const MOST_SAVED = 50;
export const LONGEST_NAME = 40;

/** A workspace that a person gave a name. */
export interface SavedWorkspace {
  readonly name: string;
  /** Its address' query. */
  readonly query: string;
}

/** The storage of texts: a browser's `localStorage`, which may refuse anything at any time. */
export type TextStore = Pick<Storage, "getItem" | "setItem">;

/** The outcome of an action. */
export interface SavedResult {
  readonly saved: readonly SavedWorkspace[];
  /** Why the action failed, in words; null if it did not. */
  readonly problem: string | null;
}

/** The workspaces with names that are kept in a browser, by name. `store` gives the storage, or throws where there is none. */
export class SavedWorkspaces {
  readonly #store: () => TextStore;

  constructor(store: () => TextStore) {
    this.#store = store;
  }

  read(): SavedResult {
    try {
      return { saved: parseSaved(this.#store().getItem(KEY)), problem: null };
    } catch {
      return { saved: [], problem: "This browser does not let the page keep anything." };
    }
  }

  /** Stores a workspace under a name, replacing one of that name. */
  save(name: string, query: string): SavedResult {
    const named = name.trim().replaceAll(/\s+/g, " ");
    if (named === "") return { ...this.read(), problem: "A workspace needs a name." };
    if (named.length > LONGEST_NAME) {
      return { ...this.read(), problem: `A name has at most ${LONGEST_NAME} characters.` };
    }
    return this.#change((saved) => {
      const others = saved.filter((one) => one.name !== named);
      if (others.length >= MOST_SAVED) {
        return `There are ${MOST_SAVED} workspaces already: delete one first.`;
      }
      return [...others, { name: named, query }];
    });
  }

  rename(from: string, to: string): SavedResult {
    const named = to.trim().replaceAll(/\s+/g, " ");
    if (named === from) return this.read();
    if (named === "" || named.length > LONGEST_NAME) {
      return { ...this.read(), problem: `A name has 1 to ${LONGEST_NAME} characters.` };
    }
    return this.#change((saved) =>
      saved.some(({ name }) => name === named)
        ? `There is a workspace ${named} already.`
        : saved.map((one) => one.name === from ? { ...one, name: named } : one)
    );
  }

  remove(name: string): SavedResult {
    return this.#change((saved) => saved.filter((one) => one.name !== name));
  }

  #change(
    change: (saved: readonly SavedWorkspace[]) => readonly SavedWorkspace[] | string,
  ): SavedResult {
    const before = this.read();
    if (before.problem !== null) return before;
    const next = change(before.saved);
    if (typeof next === "string") return { ...before, problem: next };
    const saved = [...next].sort((a, b) => a.name.localeCompare(b.name));
    try {
      this.#store().setItem(KEY, JSON.stringify(saved));
      return { saved, problem: null };
    } catch {
      return {
        ...before,
        problem: "This browser’s storage is full or forbidden: nothing was saved.",
      };
    }
  }
}

/** What is stored but is not a workspace, or no longer one, is left out. */
function parseSaved(text: string | null): readonly SavedWorkspace[] {
  let kept: unknown;
  try {
    kept = JSON.parse(text ?? "[]");
  } catch {
    return [];
  }
  if (!Array.isArray(kept)) return [];
  return kept.slice(0, MOST_SAVED).flatMap((one: unknown) => {
    if (typeof one !== "object" || one === null || !("name" in one) || !("query" in one)) return [];
    const { name, query } = one;
    if (typeof name !== "string" || typeof query !== "string") return [];
    if (name === "" || name.length > LONGEST_NAME) return [];
    const { layout } = parseWorkspace(query);
    return layout === null ? [] : [{ name, query: workspaceQuery(layout) }];
  });
}
