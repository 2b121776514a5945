import { z } from "zod";

/** One environment variable: a text (or nothing) in, a domain value out. */
export type Variable<T> = z.ZodType<T, string | undefined>;

const NAMES = new WeakMap<z.ZodType, string>();

/** Gives a variable its name in the environment. */
export function env<T extends z.ZodType>(name: string, schema: T): T {
  NAMES.set(schema, name);
  return schema;
}

/** The name of a variable in the environment. */
export function nameOf(schema: z.ZodType): string {
  const name = NAMES.get(schema);
  if (name === undefined) throw new TypeError("a variable without a name");
  return name;
}

/**
 * A variable that is `fallback` when unset. `parse` gives null for a text that is not allowed;
 * `allowed` ends the sentence "… is not allowed: give …".
 */
export function variable<T, F = T>(
  fallback: F,
  allowed: string,
  parse: (text: string) => T | null,
): Variable<T | F> {
  return z.string().optional().transform((text, context) => {
    if (text === undefined) return fallback;
    const value = parse(text);
    if (value !== null) return value;
    context.addIssue({ code: "custom", message: allowed });
    return z.NEVER;
  });
}

/**
 * A variable whose refusal explains the fault: `parse` throws an Error with the explanation as its message, which must
 * not contain the text itself.
 */
export function explained<T, F = T>(
  fallback: F,
  allowed: string,
  parse: (text: string) => T,
): Variable<T | F> {
  return z.string().optional().transform((text, context) => {
    if (text === undefined) return fallback;
    try {
      return parse(text);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      context.addIssue({ code: "custom", message: `${allowed} (${reason})` });
      return z.NEVER;
    }
  });
}

/** A comma-separated list; every bad item is a separate issue, with the item in `params.value`. */
export function list<T, F = readonly T[]>(
  fallback: F,
  allowed: string,
  parseItem: (text: string) => T | null,
): Variable<readonly T[] | F> {
  return z.string().optional().transform((text, context) => {
    if (text === undefined) return fallback;
    const items: T[] = [];
    for (const item of text.split(",").map((part) => part.trim())) {
      const value = parseItem(item);
      if (value !== null) items.push(value);
      else context.addIssue({ code: "custom", message: allowed, params: { value: item } });
    }
    return [...new Set(items)];
  });
}

/** A whole number within inclusive bounds. */
export function whole(fallback: number, least: number, most: number): Variable<number> {
  return variable(fallback, `a whole number from ${least} to ${most}`, (text) => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : NaN;
    return value >= least && value <= most ? value : null;
  });
}

/** A positive number, with decimals if wanted, up to `most`. */
export function positive(fallback: number, most: number): Variable<number> {
  return variable(fallback, `a number above 0, at most ${most}`, (text) => {
    const value = /^\d{1,9}(\.\d{1,9})?$/.test(text) ? Number(text) : NaN;
    return value > 0 && value <= most ? value : null;
  });
}

/** `true` or `false`. */
export function flag(fallback: boolean): Variable<boolean> {
  return variable(fallback, "true or false", (text) => {
    const value = text.toLowerCase();
    return value === "true" ? true : value === "false" ? false : null;
  });
}

/** One word of a fixed set. */
export function oneOf<const T extends string>(fallback: T, words: readonly T[]): Variable<T> {
  return variable<T>(
    fallback,
    words.join(" or "),
    (text) => words.find((word) => word === text) ?? null,
  );
}

/** A URL with one of the schemes (`"https:"`), without a trailing slash, credentials or query. */
export function address(fallback: string, schemes: readonly string[]): Variable<string> {
  const allowed = `a URL starting with ${schemes.map((scheme) => `${scheme}//`).join(" or ")}`;
  return variable(fallback, `${allowed}, without credentials or a query`, (text) => {
    const url = URL.parse(text);
    if (url === null || !schemes.includes(url.protocol)) return null;
    if (url.username !== "" || url.search !== "" || url.hash !== "") return null;
    return url.href.replace(/\/$/, "");
  });
}
