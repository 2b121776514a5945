import { type Method, METHODS } from "./handlers.ts";

/** What a request matched. */
export interface Match<T> {
  /** The item for this method, or null: no pattern matched, or none for the method. */
  readonly item: T | null;
  /** The matched pattern, or null. */
  readonly pattern: string | null;
  readonly params: Record<string, string>;
  /** The methods the matched pattern answers. */
  readonly allowed: readonly string[];
}

type ByMethod<T> = Map<Method, T>;

/**
 * Maps a method and a path to an item. A literal path wins over any pattern; patterns (URLPattern
 * syntax) are tried in the order they were added; the first item added for a method stays.
 */
export class Router<T> {
  #literals = new Map<string, ByMethod<T>>();
  #patterns: { text: string; pattern: URLPattern; byMethod: ByMethod<T> }[] = [];

  add(methods: readonly Method[], path: string, item: T): void {
    const byMethod = /[*:{}+?()]/.test(path) ? this.#pattern(path) : this.#literal(path);
    for (const method of methods) if (!byMethod.has(method)) byMethod.set(method, item);
  }

  match(method: string, pathname: string): Match<T> {
    const literal = this.#literals.has(pathname) ? pathname : otherSlash(pathname);
    const byMethod = this.#literals.get(literal);
    if (byMethod !== undefined) return found(method, literal, byMethod, {});
    for (const { text, pattern, byMethod } of this.#patterns) {
      const match = pattern.exec({ pathname });
      if (match !== null) return found(method, text, byMethod, decoded(match.pathname.groups));
    }
    return { item: null, pattern: null, params: {}, allowed: [] };
  }

  #literal(path: string): ByMethod<T> {
    const known = this.#literals.get(path);
    if (known !== undefined) return known;
    const byMethod: ByMethod<T> = new Map();
    this.#literals.set(path, byMethod);
    return byMethod;
  }

  #pattern(path: string): ByMethod<T> {
    const known = this.#patterns.find(({ text }) => text === path);
    if (known !== undefined) return known.byMethod;
    const byMethod: ByMethod<T> = new Map();
    this.#patterns.push({ text: path, pattern: new URLPattern({ pathname: path }), byMethod });
    return byMethod;
  }
}

function found<T>(
  method: string,
  pattern: string,
  byMethod: ByMethod<T>,
  params: Record<string, string>,
): Match<T> {
  const known = METHODS.find((candidate) => candidate === method);
  let item = known === undefined ? undefined : byMethod.get(known);
  if (item === undefined && method === "HEAD") item = byMethod.get("GET");
  if (item !== undefined) return { item, pattern, params, allowed: [] };
  const allowed = METHODS.filter((candidate) =>
    byMethod.has(candidate) || candidate === "HEAD" && byMethod.has("GET")
  );
  return { item: null, pattern, params, allowed };
}

/** Throws a URIError for a value that is not an encoding: what stands before the app must refuse it. */
function decoded(groups: Record<string, string | undefined>): Record<string, string> {
  const params: Record<string, string> = {};
  for (const [name, value] of Object.entries(groups)) {
    params[name] = value === undefined ? "" : decodeURI(value);
  }
  return params;
}

function otherSlash(pathname: string): string {
  return pathname.endsWith("/") ? pathname.slice(0, -1) : `${pathname}/`;
}

/** Puts a base path before a pattern; `*` means everything below the base. */
export function joinPath(base: string, path: string): string {
  const prefix = base === "/" ? "" : base.replace(/\/?\*$/, "");
  const rest = path === "*" ? "/*" : path;
  if (prefix === "") return rest === "" ? "/" : rest;
  return rest === "/" ? prefix : prefix + rest;
}
