import type { Archive } from "../archive.ts";
import type { Candle } from "../candles/candle.ts";
import type { EpochSeconds } from "../candles/granularity.ts";
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
  const { productId, multiple } = request;
  const until = rangeEnd(archive, request, nowSeconds);
  const start = request.fill ? pageStart(request.start, until, limit, multiple) : request.start;
  // One more than can be needed: whatever comes before the page tells whether there is an older one.
  const most = limit * multiple.parts + 1;
  const parts = await archive.newest({
    productId,
    granularity: multiple.of,
    limit: most,
    ...(start === null ? {} : { start }),
    ...(request.end === null ? {} : { end: request.end }),
  });
  const first = parts[0];
  if (first !== undefined && parts.length === most && !request.fill) {
    return await cutPage(archive, request, { first, parts, until, limit });
  }
  const isClosed = request.end !== null && start !== null;
  const [before, after] = await Promise.all([
    start === null || !(isClosed || request.fill || multiple.parts > 1)
      ? null
      : archive.before(productId, multiple.of, start),
    request.end === null ? null : archive.after(productId, multiple.of, request.end),
  ]);
  const builder = new RangeBuilder({ multiple, from: start, before, fill: request.fill });
  const candles = build(builder, parts, fillEnd(until, nowSeconds, multiple), after);
  const kept = candles.slice(-limit);
  const oldest = kept[0];
  const isCut = kept.length < candles.length ||
    (start !== request.start && before !== null && isWithin(before, request));
  return {
    candles: kept,
    next: isCut && oldest !== undefined ? candleLink(request, oldest.start) : null,
    // What lies before the page may still come, and with it a link to it.
    final: isClosed && (before !== null || start === request.start) &&
      builder.isProven(until, after),
  };
}

/** A page that begins where its limit says: the part before it is known. */
async function cutPage(
  archive: Archive,
  request: CandleRequest,
  page: {
    readonly first: Candle;
    readonly parts: readonly Candle[];
    readonly until: EpochSeconds;
    readonly limit: number;
  },
): Promise<CandlePage> {
  const { productId, multiple, end } = request;
  const after = end === null ? null : await archive.after(productId, multiple.of, end);
  const { until, parts, first, limit } = page;
  // The first part is only looked at: its bucket may have begun before it.
  const [, second] = parts;
  const from = second === undefined ? until : multipleStart(second.start, multiple);
  const builder = new RangeBuilder({ multiple, from, before: first, fill: false });
  const candles = build(builder, parts.slice(1), until, after).slice(-limit);
  const oldest = candles[0];
  return {
    candles,
    next: oldest === undefined ? null : candleLink(request, oldest.start),
    final: end !== null && builder.isProven(until, after),
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

function isWithin({ start }: Candle, request: CandleRequest): boolean {
  return request.start === null || start >= request.start;
}
