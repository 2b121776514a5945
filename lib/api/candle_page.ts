import type { Archive } from "../history/archive.ts";
import { type EpochSeconds, GRANULARITY_SECONDS } from "../candles/granularity.ts";
import { type Multiple, multipleStart } from "../candles/multiple.ts";
import { RangeBuilder } from "../candles/range_builder.ts";
import type { FirstPart, Stretch } from "../candles/stretch.ts";
import type { WireCandle } from "../candles/wire.ts";
import { type CandleRequest, olderPageLink } from "./candle_request.ts";
import { LEAST_COST } from "./read_limits.ts";

export interface CandlePage {
  /** Ascending. */
  readonly candles: readonly WireCandle[];
  /** Path and query of the next older page. */
  readonly next: string | null;
  /** Every candle is exact and none can be missing or added: the answer will never change. */
  readonly final: boolean;
}

/** Most stored candles that one page is merged from: a page of long multiples of minutes holds fewer candles. */
const MAX_PAGE_PARTS = 20_000;

/** How many candles a page of at most `limit` may have in this granularity. */
export function pageLimit(limit: number, { parts }: Multiple): number {
  return Math.max(1, Math.min(limit, Math.floor(MAX_PAGE_PARTS / parts)));
}

/** How many rows reading a page may take: what it costs. */
export function pageCost(
  archive: Pick<Archive, "current">,
  request: CandleRequest,
  limit: number,
  nowSeconds: number,
): number {
  const { parts } = pageExtent(archive, request, pageLimit(limit, request.multiple), nowSeconds);
  return Math.max(LEAST_COST, parts);
}

/** Reads the newest candles of a range, at most `limit` of them. Rejects while the store is down. */
export async function readCandlePage(
  archive: Archive,
  request: CandleRequest,
  limit: number,
  nowSeconds: number,
): Promise<CandlePage> {
  const { productId, multiple, end, fill } = request;
  const most = pageLimit(limit, multiple);
  const { until, lowest, parts, buckets } = pageExtent(archive, request, most, nowSeconds);
  // One more bucket than the page can have: it shows whether there is an older page.
  const read = await archive.stretches({
    productId,
    multiple,
    parts,
    buckets: buckets + 1,
    ...(end === null ? {} : { end }),
  });
  const last = read.at(-1)?.last;
  const reaches = last !== undefined && last.start + GRANULARITY_SECONDS[multiple.of] >= until;
  // Where the range ends without trades, the next candle shows whether anything is missing there.
  const after = end === null || reaches ? null : await archive.after(productId, multiple.of, end);
  const begin = pageBegin(read, lowest, buckets, multiple);
  const before = read[begin - 1] ?? null;
  const isCut = before !== null && (lowest === null || before.last.start >= lowest);
  const first = read[begin]?.first;
  const from = isCut && first !== undefined ? multipleStart(first.start, multiple) : lowest;
  const builder = new RangeBuilder({ multiple, from, before, fill });
  const candles = build(builder, read.slice(begin), fillEnd(until, nowSeconds, multiple), after);
  const kept = candles.slice(-most);
  const oldest = kept[0];
  // Before a full page of filled buckets there are always others, if only such that repeat the close before the range.
  const hasOlder = kept.length < candles.length ||
    (before !== null && (isCut || request.start === null || (lowest ?? 0) > request.start));
  return {
    candles: kept,
    next: hasOlder && oldest !== undefined ? olderPageLink(request, oldest.start) : null,
    // If older candles may still come, so may a link to them.
    final: end !== null && (before !== null || from === request.start) &&
      builder.isProven(until, after),
  };
}

/** Where a range ends: as requested, or with the live bucket (by the candles or by the clock). */
export function rangeEnd(
  archive: Pick<Archive, "current">,
  { productId, multiple, end }: CandleRequest,
  nowSeconds: number,
): EpochSeconds {
  if (end !== null) return end;
  const current = archive.current(productId, multiple.of)?.start ?? 0;
  const live = multipleStart(Math.max(current, nowSeconds), multiple);
  return live + multiple.seconds as EpochSeconds;
}

/** Buckets without trades are filled only once they are over: the live one never is. */
export function fillEnd(
  until: EpochSeconds,
  nowSeconds: number,
  multiple: Multiple,
): EpochSeconds {
  const live = multipleStart(nowSeconds, multiple);
  return live < until ? live : until;
}

/** The range that a page may cover, and the most buckets and stored candles that it takes. */
function pageExtent(
  archive: Pick<Archive, "current">,
  request: CandleRequest,
  limit: number,
  nowSeconds: number,
) {
  const { multiple, start, fill } = request;
  const { seconds } = multiple;
  const until = rangeEnd(archive, request, nowSeconds);
  // With buckets filled, a page of `limit` candles covers a fixed time, and perhaps the live bucket.
  const filled = fillEnd(until, nowSeconds, multiple) - limit * seconds;
  const lowest = fill ? Math.max(start ?? 0, filled) as EpochSeconds : start;
  const buckets = fill ? limit + 1 : limit;
  const parts = Math.min(buckets * multiple.parts, partsBetween(lowest, until, multiple)) + 1;
  return { until, lowest, parts, buckets };
}

/** Where the page begins in what was read: at the oldest of the newest `limit` buckets, or with the range. */
function pageBegin(
  read: readonly Stretch[],
  lowest: EpochSeconds | null,
  limit: number,
  multiple: Multiple,
): number {
  const starts = read.map(({ first }) => multipleStart(first.start, multiple));
  const oldest = [...new Set(starts)].at(-limit) ?? 0;
  const begin = starts.findIndex((start) => start >= Math.max(oldest, lowest ?? 0));
  return begin < 0 ? read.length : begin;
}

function build(
  builder: RangeBuilder,
  stretches: readonly Stretch[],
  until: EpochSeconds,
  after: FirstPart | null,
): WireCandle[] {
  const candles: WireCandle[] = [];
  for (const stretch of stretches) {
    for (const candle of builder.push(stretch)) candles.push(candle);
  }
  for (const candle of builder.finish(until, after)) candles.push(candle);
  return candles;
}

/** How many stored candles a range can have at most. */
function partsBetween(start: EpochSeconds | null, until: EpochSeconds, multiple: Multiple): number {
  if (start === null) return Infinity;
  return Math.max(0, until - start) / multiple.seconds * multiple.parts;
}
