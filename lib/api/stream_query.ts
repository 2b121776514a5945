import { z } from "zod";
import { GRANULARITIES, parseGranularity } from "../candles/granularity.ts";
import { parseProductId, PRODUCT_ID_SHAPE, type ProductId } from "../candles/product.ts";
import { echoed } from "../http/echo.ts";
import type { Problem, ProblemError } from "../http/problem.ts";
import { explained, type ProductLookup } from "./unknown_product.ts";
import type { Subscription } from "../stream/subscription.ts";

/** The products that may be requested. */
export interface KnownProducts extends ProductLookup {
  ids(): readonly ProductId[];
}

/** What a stream's URL requests, or its faults. */
export type StreamQuery =
  | {
    readonly kind: "query";
    readonly subscription: Subscription;
    /** From `last_event_id`; the header of that name has precedence. */
    readonly lastEventId: string | null;
    /** Whether a resumed stream also begins with current candles that have closed. */
    readonly snapshot: boolean;
  }
  | { readonly kind: "problem"; readonly problem: Problem };

type Failure = Extract<StreamQuery, { kind: "problem" }>;

/** Longest query read, in characters: 500 products by name are about 5,000. */
export const MAX_QUERY_LENGTH = 16_384;
const MAX_ERRORS = 100;
const SUGGESTIONS = 5;
const RETRY_AFTER_SECONDS = 5;
/**
 * Parsed queries that are cached, up to this length: most clients of a page send the same query.
 */
const KEPT = 256;
const MAX_KEPT_LENGTH = 512;

const Products = z.array(
  z.union([z.literal("*"), z.string().transform(orIssue(parseProductId))]),
).min(1);

const Granularities = z.array(
  z.union([z.literal("*"), z.string().transform(orIssue(parseGranularity))]),
).min(1);

const Query = z.object({
  products: Products,
  granularities: Granularities,
  closed: z.array(z.enum(["true", "false"])).max(1),
  snapshot: z.array(z.enum(["true", "false"])).max(1),
});

/**
 * Reads `products`, `granularities`, `closed`, `snapshot` and `last_event_id`. Every bad value is
 * named in one answer; whether a product exists is checked only when all else is right.
 */
export function parseStreamQuery(url: URL, known: KnownProducts): StreamQuery {
  const { search } = url;
  if (search.length > MAX_QUERY_LENGTH) {
    const allowed = `a query of at most ${MAX_QUERY_LENGTH} characters; use * for every product`;
    return invalid([{ parameter: "products", value: shortened(search), allowed }]);
  }
  // Each page has its own id; the rest of the query is the same for many.
  const words = search.replace(/&last_event_id=\d*$/, "");
  const wish = kept.get(words) ?? readWish(url, known);
  if (wish.kind === "problem") return wish;
  if (words.length <= MAX_KEPT_LENGTH) keep(words, wish);
  if (!known.loaded) {
    return problem({
      status: 503,
      title: "The product catalogue is not loaded yet",
      retryAfterSeconds: RETRY_AFTER_SECONDS,
    });
  }
  const unknown = wish.named.filter((id) => !known.has(id));
  if (unknown.length > 0) return noSuchProducts(unknown, known);
  const lastEventId = url.searchParams.get("last_event_id") || null;
  const { subscription, snapshot } = wish;
  return { kind: "query", subscription, lastEventId, snapshot };
}

/** A well-formed query, and the products that it names. */
interface Wish {
  readonly kind: "wish";
  readonly named: readonly ProductId[];
  readonly subscription: Subscription;
  readonly snapshot: boolean;
}

/** Parsed queries by their text. The catalogue is checked afterwards. */
const kept = new Map<string, Wish>();

function keep(search: string, wish: Wish): void {
  if (kept.size >= KEPT) kept.clear();
  kept.set(search, wish);
}

function readWish(url: URL, known: KnownProducts): Wish | Failure {
  const given = {
    products: listOf(url, "products"),
    granularities: listOf(url, "granularities"),
    closed: url.searchParams.getAll("closed").filter((text) => text !== ""),
    snapshot: url.searchParams.getAll("snapshot").filter((text) => text !== ""),
  };
  const read = Query.safeParse(given);
  if (!read.success) {
    return invalid(read.error.issues.map((issue) => describe(issue.path, given, known)));
  }
  const { products, granularities, closed, snapshot } = read.data;
  const named = products.filter(isNamed);
  const subscription: Subscription = {
    products: named.length < products.length ? "*" : named,
    granularities: granularities.includes("*")
      ? GRANULARITIES
      : granularities.filter((granularity) => granularity !== "*"),
    closedOnly: closed[0] === "true",
  };
  return { kind: "wish", named, subscription, snapshot: snapshot[0] === "true" };
}

function noSuchProducts(unknown: readonly ProductId[], known: KnownProducts): Failure {
  const [single] = unknown.length === 1 ? unknown : [];
  return problem({
    status: 404,
    title: "No such product",
    ...(single === undefined
      ? { detail: `Not followed here: ${shortened(unknown.join(", "))}.` }
      : explained(known, single)),
    errors: unknown.slice(0, MAX_ERRORS).map((value): ProblemError => ({
      parameter: "products",
      value,
      allowed: insteadOf(value, known) ?? suggestions(value, known),
    })),
  });
}

function insteadOf(product: ProductId, known: KnownProducts): ProductId[] | null {
  const instead = known.absence?.(product)?.instead ?? null;
  return instead === null || !known.has(instead) ? null : [instead];
}

function isNamed(product: ProductId | "*"): product is ProductId {
  return product !== "*";
}

function orIssue<T>(parse: (text: string) => T | null) {
  return (text: string, context: z.core.$RefinementCtx<string>): T => {
    const value = parse(text);
    if (value !== null) return value;
    context.addIssue({ code: "custom", message: "not one of the allowed values" });
    return z.NEVER;
  };
}

/** Comma-separated, repeated, or both; blanks around values and empty values are ignored. */
function listOf(url: URL, name: string): string[] {
  const values = url.searchParams.getAll(name).flatMap((text) => text.split(","));
  return [...new Set(values.map((text) => text.trim()).filter((text) => text !== ""))];
}

type Given = Readonly<
  Record<"products" | "granularities" | "closed" | "snapshot", readonly string[]>
>;

function describe(path: readonly PropertyKey[], given: Given, known: KnownProducts): ProblemError {
  const [parameter, place] = path;
  const at = typeof place === "number" ? place : 0;
  if (parameter === "products") {
    const value = given.products[at] ?? null;
    const near = value === null || !known.loaded ? [] : suggestions(value, known);
    const allowed = near.length > 0 ? near : `*, or ${PRODUCT_ID_SHAPE}`;
    return { parameter, value: shortened(value), allowed };
  }
  if (parameter === "granularities") {
    const value = shortened(given.granularities[at] ?? null);
    return { parameter, value, allowed: ["*", ...GRANULARITIES] };
  }
  const name = parameter === "snapshot" ? parameter : "closed";
  // An error about too many values has no index; it shows all of them.
  const value = typeof place === "number" ? given[name][place] : given[name].join(",");
  return { parameter: name, value: shortened(value ?? null), allowed: ["true", "false"] };
}

/** A few known products similar to the text: with the same currency, or the same beginning. */
function suggestions(text: string, known: KnownProducts): string[] {
  const wanted = text.toUpperCase().replace(/[^A-Z0-9]/g, "-");
  const [base = ""] = wanted.split("-");
  const near = known.ids().filter((id) => id === wanted || id.startsWith(`${base}-`));
  const alike = base.length < 2 ? [] : known.ids().filter((id) => id.startsWith(base.slice(0, 3)));
  return [...new Set([...near, ...alike])].slice(0, SUGGESTIONS);
}

/** A shortened value; null if it was not sent. */
function shortened(text: string | null): string | null {
  return text === null ? null : echoed(text);
}

function invalid(errors: readonly ProblemError[]): Failure {
  const rest = errors.length - MAX_ERRORS;
  return problem({
    status: 400,
    title: "The query cannot be used",
    detail: rest > 0 ? `${rest} more values are wrong in the same way.` : undefined,
    errors: errors.slice(0, MAX_ERRORS),
  });
}

function problem(problem: Problem): Failure {
  return { kind: "problem", problem };
}
