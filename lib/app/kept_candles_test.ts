import assert from "node:assert/strict";
import { sampleCandle } from "../../tests/sample_candles.ts";
import { withServers } from "../../tests/servers.ts";
import { NOT_FROM_TRADES } from "../candles/candle.ts";
import { epochSeconds } from "../candles/granularity.ts";
import { openReadyStore } from "../store/test_store.ts";
import { keptCandles } from "./kept_candles.ts";

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
