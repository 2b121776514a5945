import { z } from "zod";
import type { EpochSeconds } from "../candles/granularity.ts";
import { type Multiple, multipleStart } from "../candles/multiple.ts";
import type { ProductId } from "../candles/product.ts";
import type { ProblemError } from "../http/problem.ts";
import { PARQUET } from "./candle_parquet.ts";
import { limit, MULTIPLE, PRODUCT, readQuery, time, word } from "./parameters.ts";

/** Most candles of one page. */
export const MAX_PAGE = 1000;
const DEFAULT_PAGE = 300;

export const FORMATS = ["json", "csv", "ndjson", "parquet"] as const;

export type CandleFormat = typeof FORMATS[number];

const RANGE = {
  product: PRODUCT,
  granularity: MULTIPLE,
  start: time("The first candle's start, inclusive."),
  end: time("Where the range ends, exclusive. Without it the range includes the live candle."),
  limit: limit(
    MAX_PAGE,
    `Most candles of a page, the newest of the range; ${DEFAULT_PAGE} if not given. All formats but JSON have the ` +
      "whole range without it, instead of a page.",
  ),
  fill: word(
    ["previous"],
    "`previous`: buckets without trades get a candle too, which repeats the close before them and has no trades.",
  ),
};

/** The query of paths that imply a format. */
export const RANGE_QUERY = z.object(RANGE);

const TIMES = word(
  ["iso"],
  "`iso`: starts as ISO 8601 in UTC, such as 2026-04-07T14:30:00Z, instead of epoch seconds. Only for CSV.",
);

export const CSV_QUERY = z.object({ ...RANGE, times: TIMES });

const CANDLE_QUERY = z.object({
  ...RANGE,
  times: TIMES,
  format: word(
    FORMATS,
    "The format of the answer; the `accept` header selects it as well. JSON by default.",
  ),
}).refine(isForwards, {
  path: ["end"],
  message: "later than start",
  // Checked also when other values are wrong, so that every bad one is named.
  when: () => true,
});

/** Which candles are requested, and in which format. `start` and `end` are buckets' starts. */
export interface CandleRequest {
  readonly productId: ProductId;
  readonly multiple: Multiple;
  /** Inclusive. */
  readonly start: EpochSeconds | null;
  /** Exclusive. */
  readonly end: EpochSeconds | null;
  /** Most candles of a page, the newest; null: the whole range, streamed. */
  readonly limit: number | null;
  readonly fill: boolean;
  readonly format: CandleFormat;
  /** Of CSV: starts as ISO 8601. */
  readonly isoTimes: boolean;
}

/** The paths that have their own format. */
export const FORMAT_PATHS: ReadonlyMap<string, CandleFormat> = new Map(
  FORMATS.filter((format) => format !== "json").map((format) => [`/api/candles.${format}`, format]),
);

/**
 * Reads the query of `/api/candles` and of the paths with their own format: the request, or every
 * fault. `accept` is the header.
 */
export function readCandleRequest(
  { pathname, searchParams: params }: Pick<URL, "pathname" | "searchParams">,
  accept: string | null,
):
  | { readonly request: CandleRequest; readonly errors: null }
  | { readonly request: null; readonly errors: readonly ProblemError[] } {
  const { values, errors } = readQuery(CANDLE_QUERY, params);
  if (errors !== null) return { request: null, errors };
  const { product, granularity: multiple, start, end, fill, times } = values;
  const format = FORMAT_PATHS.get(pathname) ?? values.format ?? acceptedFormat(accept);
  if (times !== null && format !== "csv") return { request: null, errors: [TIMES_OF_OTHERS] };
  const page = values.limit ?? (format === "json" ? DEFAULT_PAGE : null);
  const request: CandleRequest = {
    productId: product,
    multiple,
    start: start === undefined ? null : roundedUp(start, multiple),
    end: end === undefined ? null : roundedUp(end, multiple),
    limit: page,
    fill: fill !== null,
    format,
    isoTimes: times !== null,
  };
  return { request, errors: null };
}

const TIMES_OF_OTHERS: ProblemError = {
  parameter: "times",
  value: "iso",
  allowed: "only with CSV; all other formats have one way to write times",
};

/** The path and query of a range's older page, which ends where this one begins. */
export function olderPageLink(request: CandleRequest, end: EpochSeconds): string {
  const { productId, multiple, start, limit, fill, format, isoTimes } = request;
  const query = new URLSearchParams({ product: productId, granularity: multiple.name });
  if (start !== null) query.set("start", `${start}`);
  query.set("end", `${end}`);
  if (limit !== null) query.set("limit", `${limit}`);
  if (fill) query.set("fill", "previous");
  if (format !== "json") query.set("format", format);
  if (isoTimes) query.set("times", "iso");
  return `/api/candles?${query}`;
}

/** A candle starts at or after a bound exactly if it does so at or after the next bucket's start. */
export function roundedUp(bound: EpochSeconds, multiple: Multiple): EpochSeconds {
  const start = multipleStart(bound, multiple);
  return start === bound ? bound : start + multiple.seconds as EpochSeconds;
}

function acceptedFormat(accept: string | null): CandleFormat {
  for (const part of (accept ?? "").split(",")) {
    const type = part.split(";")[0]?.trim().toLowerCase();
    if (type === "text/csv") return "csv";
    if (type === "application/x-ndjson" || type === "application/jsonl") return "ndjson";
    if (type === PARQUET) return "parquet";
    if (type === "application/json") return "json";
  }
  return "json";
}

/** Values that could not be read are still texts here; their errors are reported already. */
function isForwards({ start, end }: { readonly start?: unknown; readonly end?: unknown }): boolean {
  return typeof start !== "number" || typeof end !== "number" || start < end;
}
