import type { Archive } from "../history/archive.ts";
import type { Candle } from "../candles/candle.ts";
import { type EpochSeconds, GRANULARITY_SECONDS } from "../candles/granularity.ts";
import { type Multiple, multipleStart } from "../candles/multiple.ts";
import { RangeBuilder } from "../candles/range_builder.ts";
import type { WireCandle } from "../candles/wire.ts";
import { candleLink, type CandleRequest } from "./candle_request.ts";

/** A page of history. */
export interface CandlePage {
  /** Ascending. */
  readonly candles: readonly WireCandle[];
  /** Path and query of the next older page. */
  readonly next: string | null;
  /** Every candle is exact, none can be missing and none can come: the answer will never be another. */
  readonly final: boolean;
}

/** Reads the newest `limit` candles of a range. Rejects while the store is down. */
export async function readCandlePage(
  archive: Archive,
  request: CandleRequest,
  limit: number,
  nowSeconds: number,
): Promise<CandlePage> {
  const { productId, multiple, end, fill } = request;
  const until = rangeEnd(archive, request, nowSeconds);
  const lowest = fill ? pageStart(request.start, until, limit, multiple) : request.start;
  const most = Math.min(limit * multiple.parts, partsBetween(lowest, until, multiple));
  // One more than the page can have: the candle before it tells whether there is an older page.
  const read = await archive.newest({
    productId,
    granularity: multiple.of,
    limit: most + 1,
    ...(end === null ? {} : { end }),
  });
  const last = read.at(-1);
  const reaches = last !== undefined && last.start + GRANULARITY_SECONDS[multiple.of] >= until;
  // Where the range's end is quiet, what follows tells whether anything is missing there.
  const after = end === null || reaches ? null : await archive.after(productId, multiple.of, end);
  const inRange = read.findIndex(({ start }) => lowest === null || start >= lowest);
  const begin = Math.max(inRange < 0 ? read.length : inRange, read.length - most);
  const before = read[begin - 1] ?? null;
  const isCut = before !== null && (lowest === null || before.start >= lowest);
  const first = read[begin];
  const from = isCut && first !== undefined ? multipleStart(first.start, multiple) : lowest;
  const builder = new RangeBuilder({ multiple, from, before, fill });
  const parts = read.slice(begin);
  const candles = build(builder, parts, fillEnd(until, nowSeconds, multiple), after);
  const kept = candles.slice(-limit);
  const oldest = kept[0];
  const hasOlder = kept.length < candles.length ||
    (before !== null && (request.start === null || before.start >= request.start));
  return {
    candles: kept,
    next: hasOlder && oldest !== undefined ? candleLink(request, oldest.start) : null,
    // What lies before the page may still come, and with it a link to it.
    final: end !== null && (before !== null || from === request.start) &&
      builder.isProven(until, after),
  };
}

/** Where a range ends: as asked, or with the bucket that is running (by the candles or by the clock). */
export function rangeEnd(
  archive: Archive,
  { productId, multiple, end }: CandleRequest,
  nowSeconds: number,
): EpochSeconds {
  if (end !== null) return end;
  const current = archive.current(productId, multiple.of)?.start ?? 0;
  const running = multipleStart(Math.max(current, nowSeconds), multiple);
  return running + multiple.seconds as EpochSeconds;
}

/** Quiet buckets get candles only once they are over: none of them may be the running one. */
export function fillEnd(
  until: EpochSeconds,
  nowSeconds: number,
  multiple: Multiple,
): EpochSeconds {
  const running = multipleStart(nowSeconds, multiple);
  return running < until ? running : until;
}

/** With quiet buckets filled, a page of so many candles is a stretch of time. */
function pageStart(
  start: EpochSeconds | null,
  until: EpochSeconds,
  limit: number,
  { seconds }: Multiple,
): EpochSeconds {
  return Math.max(start ?? 0, until - limit * seconds) as EpochSeconds;
}

function build(
  builder: RangeBuilder,
  parts: readonly Candle[],
  until: EpochSeconds,
  after: Candle | null,
): WireCandle[] {
  const candles: WireCandle[] = [];
  for (const part of parts) {
    for (const candle of builder.push(part)) candles.push(candle);
  }
  for (const candle of builder.finish(until, after)) candles.push(candle);
  return candles;
}

/** How many stored candles a range can have at most. */
function partsBetween(start: EpochSeconds | null, until: EpochSeconds, multiple: Multiple): number {
  if (start === null) return Infinity;
  return Math.max(0, until - start) / multiple.seconds * multiple.parts;
}
