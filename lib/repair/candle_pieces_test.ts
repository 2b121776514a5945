import assert from "node:assert/strict";
import { type EpochSeconds, epochSeconds } from "../candles/granularity.ts";
import { productId } from "../candles/product.ts";
import { countPieces, inTurn, piecesOf } from "./candle_pieces.ts";
import type { CandleRange } from "./known_candles.ts";

const BTC = productId("BTC-USD");
const BEGIN = Date.UTC(2026, 2, 2) / 1000;

function range(from: number, until: number): CandleRange {
  return { productId: BTC, granularity: "ONE_MINUTE", start: at(from), end: at(until) };
}

function at(minute: number): EpochSeconds {
  return epochSeconds(BEGIN + minute * 60);
}

function minutesOf(pieces: Iterable<CandleRange>): number[][] {
  return [...pieces].map(({ start, end }) => [(start - BEGIN) / 60, (end - BEGIN) / 60]);
}

Deno.test("candle pieces - what is missing is handed out newest first, a request at a time", () => {
  const missing = [range(900, 1000), range(0, 400)];
  assert.equal(countPieces(missing), 3);
  assert.deepEqual(minutesOf(piecesOf(missing)), [[900, 1000], [100, 400], [0, 100]]);
  assert.deepEqual([countPieces([]), minutesOf(piecesOf([range(5, 5)]))], [0, []]);
});

Deno.test("candle pieces - everything gets its newest before anything gets an older one", () => {
  const lists = [[range(0, 700)], [], [range(5_000, 5_400)]].map(piecesOf);
  assert.deepEqual(minutesOf(inTurn(lists)), [
    [400, 700],
    [5_100, 5_400],
    [100, 400],
    [5_000, 5_100],
    [0, 100],
  ]);
});
