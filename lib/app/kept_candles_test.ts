import assert from "node:assert/strict";
import { sampleCandle } from "../../tests/sample_candles.ts";
import { withServers } from "../../tests/servers.ts";
import { NOT_FROM_TRADES } from "../candles/candle.ts";
import { decimal, formatDecimal } from "../candles/decimal.ts";
import { epochSeconds } from "../candles/granularity.ts";
import { productId } from "../candles/product.ts";
import { storePiece } from "../repair/candle_pieces.ts";
import { openReadyStore } from "../store/test_store.ts";
import { keptCandles } from "./kept_candles.ts";

const BTC = productId("BTC-USD");
const BEGIN = epochSeconds(Date.UTC(2026, 2, 2) / 1000);
const RANGE = {
  productId: BTC,
  granularity: "ONE_MINUTE",
  start: BEGIN,
  end: epochSeconds(BEGIN + 180),
} as const;

Deno.test(
  "kept candles - a range is known once all of it was requested, and then with what is stored of it",
  withServers(async ({ database }) => {
    await using store = await openReadyStore(await database());
    const kept = keptCandles(store);
    const ours = sampleCandle();
    const { productId, granularity, start } = ours;
    const range = (from: number, to: number) => ({
      productId,
      granularity,
      start: epochSeconds(start + 60 * from),
      end: epochSeconds(start + 60 * to),
    });
    assert.equal(await kept.read(range(0, 10)), null);
    await store.candles.upsert([ours]);
    const exchanges = { ...ours, ...NOT_FROM_TRADES, exact: false };
    const next = { ...exchanges, start: epochSeconds(start + 240) };
    await kept.keep(range(0, 5), [exchanges, next]);
    assert.equal(await kept.read(range(0, 10)), null, "its second half was not requested");
    await kept.keep(range(5, 10), []);
    assert.deepEqual(await kept.read(range(0, 10)), [ours, next], "what is exact stays");
    assert.deepEqual(await kept.read(range(1, 4)), []);
  }),
);

Deno.test(
  "kept candles - candles built from trades are never replaced, and what failed is missing still",
  withServers(async ({ database }) => {
    await using store = await openReadyStore(await database());
    const kept = keptCandles(store);
    const own = sampleCandle({ productId: BTC, start: BEGIN, close: decimal("1") });
    await store.candles.upsert([own, { ...own, start: epochSeconds(BEGIN + 60), exact: false }]);
    const refusing = { candles: () => Promise.reject(new Error("busy")) };
    await assert.rejects(storePiece(RANGE, refusing, kept), /busy/);
    assert.deepEqual(await kept.missing(RANGE), [RANGE]);
    const starts = [BEGIN, BEGIN + 60, BEGIN + 120].map(epochSeconds);
    const theirs = starts.map((start) => ({ ...own, ...NOT_FROM_TRADES, start }));
    const answering = {
      candles: () => Promise.resolve(theirs.map((one) => ({ ...one, close: decimal("2") }))),
    };
    assert.equal(await storePiece(RANGE, answering, kept), 1);
    assert.deepEqual(await kept.missing(RANGE), []);
    const page = await store.candles.page({ ...RANGE, limit: 9 });
    assert.deepEqual(
      page.map(({ close, trades, exact }) => [formatDecimal(close), trades, exact]),
      [["1", 812, true], ["1", 812, false], ["2", null, false]],
    );
  }),
);
