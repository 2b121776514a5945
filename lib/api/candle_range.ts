import type { Archive } from "../history/archive.ts";
import type { Candle } from "../candles/candle.ts";
import { type EpochSeconds, epochSeconds, GRANULARITY_SECONDS } from "../candles/granularity.ts";
import { RangeBuilder } from "../candles/range_builder.ts";
import { runsOn, stretchOf } from "../candles/stretch.ts";
import type { WireCandle } from "../candles/wire.ts";
import { fillEnd, rangeEnd } from "./candle_page.ts";
import type { CandleRequest } from "./candle_request.ts";
import { LEAST_COST, WHOLE_ROW_COST } from "./read_limits.ts";

/** The version of a whole range, known before it is read. */
export interface RangeState {
  /** Differs whenever the range's contents do. */
  readonly version: string;
  /** Every candle is exact and none can be missing or added. */
  readonly final: boolean;
}

/** Rows of one read, and candles of one piece: what a stream holds in memory, and some 2 ms of work. */
const READ_ROWS = 200;
/**
 * The cost of one read: that of a whole page, so that concurrent reads are at most as many as
 * connections.
 */
const READ_COST = 5 * WHOLE_ROW_COST * READ_ROWS;

/** Runs a read that costs `cost` rows, when it is its turn. */
export type Read = <T>(cost: number, work: () => Promise<T>) => Promise<T>;

/**
 * All candles of a range, ascending, in pieces that are read as they are consumed: one by one each candle would cost
 * several promises. Rejects while the store is down.
 */
export async function* readCandleRange(
  archive: Archive,
  request: CandleRequest,
  nowSeconds: number,
  read: Read,
): AsyncGenerator<readonly WireCandle[]> {
  const { productId, multiple, start, end, fill } = request;
  const until = rangeEnd(archive, request, nowSeconds);
  const key = { productId, granularity: multiple.of };
  const before = start === null ? null : await archive.before(productId, multiple.of, start);
  const builder = new RangeBuilder({
    multiple,
    from: start,
    before: before === null ? null : stretchOf(before),
    fill,
  });
  let piece: WireCandle[] = [];
  function* pieces(candles: Iterable<WireCandle>) {
    // There may be any number of them, since filled candles need no rows.
    for (const candle of candles) {
      piece.push(candle);
      if (piece.length < READ_ROWS) continue;
      yield piece;
      piece = [];
    }
  }
  let from = start ?? epochSeconds(0);
  for (;;) {
    const query = { ...key, start: from, end: until, limit: READ_ROWS };
    const parts = await read(READ_COST, () => archive.oldest(query));
    for (const part of parts) yield* pieces(builder.push(stretchOf(part)));
    const last = parts.at(-1);
    if (last === undefined || parts.length < READ_ROWS) break;
    from = last.start + GRANULARITY_SECONDS[multiple.of] as EpochSeconds;
  }
  const after = end === null ? null : await archive.after(productId, multiple.of, end);
  yield* pieces(builder.finish(fillEnd(until, nowSeconds, multiple), after));
  if (piece.length > 0) yield piece;
}

/** The most rows that summarising a range takes: all that it can have. */
export function rangeCost(archive: Archive, request: CandleRequest, nowSeconds: number): number {
  const { multiple, start } = request;
  if (start === null) return Infinity;
  const seconds = rangeEnd(archive, request, nowSeconds) - start;
  return Math.max(LEAST_COST, seconds / GRANULARITY_SECONDS[multiple.of]);
}

/** Summarises a range without its candles. Rejects while the store is down. */
export async function lookAtRange(
  archive: Archive,
  request: CandleRequest,
  nowSeconds: number,
): Promise<RangeState> {
  const { productId, multiple, start, end, fill } = request;
  const from = start ?? epochSeconds(0);
  const until = rangeEnd(archive, request, nowSeconds);
  const summary = await archive.summary(productId, multiple.of, from, until);
  const live = archive.current(productId, multiple.of);
  const reached = fill ? fillEnd(until, nowSeconds, multiple) : 0;
  const version = `${summary.version}.${end === null ? liveVersion(live) : ""}.${reached}`;
  if (start === null || end === null || !summary.unbroken) return { version, final: false };
  const key = { productId, granularity: multiple.of, start, end, limit: 1 };
  const [before, after, [first], [last]] = await Promise.all([
    archive.before(productId, multiple.of, start),
    archive.after(productId, multiple.of, end),
    archive.oldest(key),
    archive.newest(key),
  ]);
  if (first === undefined || last === undefined) {
    return { version, final: before !== null && after !== null && runsOn(before, after) };
  }
  const opens = first.start === start || (before !== null && runsOn(before, first));
  const closes = last.start + GRANULARITY_SECONDS[multiple.of] === end ||
    (after !== null && runsOn(last, after));
  return { version, final: opens && closes };
}

function liveVersion(candle: Candle | null): string {
  return candle === null ? "" : `${candle.start}-${candle.revision}-${candle.trades}`;
}
