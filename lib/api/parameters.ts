import { z } from "zod";
import { type EpochSeconds, epochSeconds } from "../candles/granularity.ts";
import { type Multiple, MULTIPLE_SHAPE, parseMultiple } from "../candles/multiple.ts";
import { parseProductId, PRODUCT_ID_SHAPE, type ProductId } from "../candles/product.ts";
import { echoed } from "../http/echo.ts";
import type { ProblemError } from "../http/problem.ts";

/**
 * One query parameter: its text in, a domain value out. `meta` describes it in the API's document and `allowed` in
 * errors; both are in one place, so they cannot differ.
 */
export type Parameter<T> = z.ZodType<T, string | undefined>;

/** The last second of the year 9999. */
export const LAST_SECOND = 253_402_300_799;
const ALLOWED_TIME = "epoch seconds or ISO 8601, such as 2026-04-07T14:30:00Z";

export interface OptionalMeta {
  readonly description: string;
  readonly example: string | number;
  readonly default?: string;
  /** Its type in the document, where it is not text. */
  readonly override?: ValueType;
}

/** A JSON schema: of one type, or any of several. */
type ValueType =
  | { readonly type: "integer"; readonly minimum: number; readonly maximum?: number }
  | ((context: { readonly jsonSchema: { type?: unknown; anyOf?: unknown } }) => void);

export function required<T>(
  parse: (text: string) => T | null,
  allowed: string,
  meta: { readonly description: string; readonly example: string },
): z.ZodType<T, string> {
  return z.string({ error: allowed }).transform((text, context) => {
    const value = parse(text);
    if (value !== null) return value;
    context.addIssue({ code: "custom", message: allowed });
    return z.NEVER;
  }).meta(meta);
}

/** A parameter that may be left out or empty, which gives `fallback`. */
export function optional<T, F>(
  parse: (text: string) => T | null,
  allowed: string,
  fallback: F,
  meta: OptionalMeta,
): Parameter<T | F> {
  return z.string().optional().transform((text, context) => {
    if (text === undefined || text === "") return fallback;
    const value = parse(text);
    if (value !== null) return value;
    context.addIssue({ code: "custom", message: allowed });
    return z.NEVER;
  }).meta({ ...meta });
}

/** `product`. */
export const PRODUCT: z.ZodType<ProductId, string> = required(parseProductId, PRODUCT_ID_SHAPE, {
  description: `The product: ${PRODUCT_ID_SHAPE}.`,
  example: "BTC-USD",
});

/** `granularity` of history. */
export const MULTIPLE: z.ZodType<Multiple, string> = required(parseMultiple, MULTIPLE_SHAPE, {
  description: `How long a candle is: ${MULTIPLE_SHAPE}.`,
  example: "ONE_MINUTE",
});

/** An instant. A bound between two seconds is rounded up, which changes nothing, since starts are whole seconds. */
export function time(description: string): Parameter<EpochSeconds | undefined> {
  return optional(readTime, ALLOWED_TIME, undefined, {
    description: `${description} As ${ALLOWED_TIME}.`,
    example: "2026-04-07T14:30:00Z",
    override({ jsonSchema }) {
      delete jsonSchema.type;
      jsonSchema.anyOf = [
        { type: "integer", minimum: 0, maximum: LAST_SECOND },
        { type: "string", format: "date-time" },
        { type: "string", format: "date" },
      ];
    },
  });
}

/** A whole number from 1 to `most`. */
export function limit(most: number, description: string): Parameter<number | null> {
  return optional((text) => readWhole(text, most), `1 to ${most}`, null, {
    description: `${description} 1 to ${most}.`,
    example: 300,
    override: { type: "integer", minimum: 1, maximum: most },
  });
}

/** One word of a few. */
export function word<const T extends string>(
  words: readonly T[],
  description: string,
): Parameter<T | null> {
  return z.enum(words, { error: words.join(", ") }).optional()
    .transform((value) => value ?? null).meta({ description });
}

/**
 * Reads a query by its parameters' schemas: the values, or an error for each bad one. Of a repeated parameter the first
 * counts; unknown ones are ignored.
 */
export function readQuery<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape>,
  params: URLSearchParams,
):
  | { readonly values: z.output<z.ZodObject<Shape>>; readonly errors: null }
  | { readonly values: null; readonly errors: readonly ProblemError[] } {
  const given = Object.fromEntries(
    Object.keys(schema.shape).flatMap((name) => {
      const text = params.get(name);
      return text === null || text === "" ? [] : [[name, text]];
    }),
  );
  const result = schema.safeParse(given);
  if (result.success) return { values: result.data, errors: null };
  const errors = result.error.issues.map((issue): ProblemError => {
    const parameter = String(issue.path[0]);
    const value = params.get(parameter);
    return {
      parameter,
      value: value === null ? null : echoed(value),
      allowed: issue.message,
    };
  });
  return { values: null, errors };
}

function readTime(text: string): EpochSeconds | null {
  const seconds = /^\d{1,12}$/.test(text)
    ? Number(text)
    : /^\d{4}-\d{2}-\d{2}(T[\d:.]+(Z|[+-]\d{2}:\d{2}))?$/.test(text)
    ? Math.ceil(Date.parse(text) / 1000)
    : NaN;
  return seconds >= 0 && seconds <= LAST_SECOND ? epochSeconds(seconds) : null;
}

function readWhole(text: string, most: number): number | null {
  const number = /^\d{1,7}$/.test(text) ? Number(text) : 0;
  return number >= 1 && number <= most ? number : null;
}
