import assert from "node:assert/strict";
import type { Candle } from "../candles/candle.ts";
import { Archive } from "../history/archive.ts";
import { readCandleRange } from "./candle_range.ts";
import { readCandleRequest } from "./candle_request.ts";
import { at, BEGIN, chain, NOW } from "./test_api.ts";

const MOST = 200;

/** What a range comes as, piece by piece, of stored candles. */
async function piecesOf(stored: readonly Candle[], query: string) {
  const inRange = (start = 0, end = Infinity) =>
    stored.filter((candle) => candle.start >= start && candle.start < end);
  const archive = new Archive({
    newest: ({ start, end, limit }) => Promise.resolve(inRange(start, end).slice(-limit)),
    oldest: ({ start, end, limit }) => Promise.resolve(inRange(start, end).slice(0, limit)),
    summary: () => Promise.reject(new Error("nothing is looked at")),
    stretches: () => Promise.reject(new Error("nothing is merged")),
    current: () => null,
    recent: () => [],
    position: () => null,
  });
  const url = new URL(`http://x/api/candles?product=BTC-USD&granularity=ONE_MINUTE&${query}`);
  const { request } = readCandleRequest(url, null);
  assert.ok(request !== null);
  const read = <T>(_: number, work: () => Promise<T>) => work();
  return await Array.fromAsync(readCandleRange(archive, request, NOW, read));
}

Deno.test("candle range - comes in pieces of a bound, each full but the last, nothing twice or missing", async () => {
  const stored = chain(2 * MOST + 50);
  const pieces = await piecesOf(stored, `start=${BEGIN}&end=${at(1000)}&format=csv`);
  assert.deepEqual(pieces.map(({ length }) => length), [MOST, MOST, 50]);
  assert.deepEqual(pieces.flat().map(({ start }) => start), stored.map(({ start }) => start));
});

Deno.test("candle range - a long quiet stretch between two reads is as bounded", async () => {
  const quiet = 5000;
  const stored = [...chain(3), ...chain(3, quiet)];
  const range = `start=${BEGIN}&end=${at(quiet + 3)}`;
  const pieces = await piecesOf(stored, `${range}&fill=previous&format=csv`);
  assert.ok(pieces.every(({ length }) => length <= MOST), `${pieces.map(({ length }) => length)}`);
  assert.deepEqual(
    pieces.flat().map(({ start }) => start),
    Array.from({ length: quiet + 3 }, (_, index) => at(index)),
  );
});

Deno.test("candle range - one without candles has no piece", async () => {
  assert.deepEqual(await piecesOf([], `start=${BEGIN}&end=${at(10)}&format=csv`), []);
});
