import type { EpochSeconds } from "../lib/candles/granularity.ts";
import { epochSeconds, GRANULARITIES, parseGranularity } from "../lib/candles/granularity.ts";
import { parseProductId, PRODUCT_ID_SHAPE } from "../lib/candles/product.ts";
import type { CandleQuery } from "../lib/history.ts";
import type { ProblemError } from "../lib/problem.ts";

export const MAX_LIMIT = 1000;
const DEFAULT_LIMIT = 300;
const ALLOWED_TIME = "epoch seconds or ISO 8601, such as 2026-04-07T14:30:00Z";
const LAST_SECOND = 253_402_300_799;

/** A query that can be asked, or everything that is wrong with it. */
export type ParsedCandleQuery =
  | { readonly query: CandleQuery; readonly errors: null }
  | { readonly query: null; readonly errors: readonly ProblemError[] };

/** Reads `product, granularity, start, end, limit` of `/api/candles`. Every bad value is named. */
export function parseCandleQuery(params: URLSearchParams): ParsedCandleQuery {
  const errors: ProblemError[] = [];
  const bad = (parameter: string, allowed: ProblemError["allowed"]) => {
    errors.push({ parameter, value: params.get(parameter)?.slice(0, 60) ?? null, allowed });
  };
  const productId = parseProductId(params.get("product"));
  if (productId === null) bad("product", PRODUCT_ID_SHAPE);
  const granularity = parseGranularity(params.get("granularity") ?? "");
  if (granularity === null) bad("granularity", GRANULARITIES);
  const start = readTime(params.get("start"));
  if (start === null) bad("start", ALLOWED_TIME);
  const end = readTime(params.get("end"));
  if (end === null) bad("end", ALLOWED_TIME);
  if (typeof start === "number" && typeof end === "number" && start >= end) {
    bad("end", "later than start");
  }
  const limit = readLimit(params.get("limit"));
  if (limit === null) bad("limit", `1 to ${MAX_LIMIT}`);
  if (
    errors.length > 0 || productId === null || granularity === null || start === null ||
    end === null || limit === null
  ) return { query: null, errors };
  return { query: { productId, granularity, start, end, limit }, errors: null };
}

/** Null is a bad value, `undefined` is none. */
function readTime(text: string | null): EpochSeconds | null | undefined {
  if (text === null || text === "") return undefined;
  const seconds = /^\d{1,12}$/.test(text)
    ? Number(text)
    : /^\d{4}-\d{2}-\d{2}(T[\d:.]+(Z|[+-]\d{2}:\d{2}))?$/.test(text)
    // A bound between two seconds is the later one: starts are whole, so no candle is lost or won.
    ? Math.ceil(Date.parse(text) / 1000)
    : NaN;
  return seconds >= 0 && seconds <= LAST_SECOND ? epochSeconds(seconds) : null;
}

function readLimit(text: string | null): number | null {
  if (text === null || text === "") return DEFAULT_LIMIT;
  const limit = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  return limit >= 1 && limit <= MAX_LIMIT ? limit : null;
}
