import assert from "node:assert/strict";
import { sampleCandle } from "../../tests/sample_candles.ts";
import { type Candle, NOT_FROM_TRADES } from "../candles/candle.ts";
import { epochSeconds } from "../candles/granularity.ts";
import { productId } from "../candles/product.ts";
import { type KeptCandles, KnownCandles } from "./known_candles.ts";

const BTC = productId("BTC-USD");
const START = epochSeconds(1_704_567_600);
const END = epochSeconds(START + 600);
const OURS = sampleCandle();
const EXCHANGES: Candle = { ...OURS, ...NOT_FROM_TRADES, exact: false };

/** What three calls for the same range request of the exchange, and what the last one gives. */
async function calls(kept: KeptCandles) {
  let requests = 0;
  const known = new KnownCandles({
    candles: () => {
      requests++;
      return Promise.resolve([EXCHANGES]);
    },
  }, kept);
  await known.candles(BTC, "ONE_MINUTE", START, END);
  await known.candles(BTC, "ONE_MINUTE", START, END);
  const candles = await known.candles(BTC, "ONE_MINUTE", START, END);
  return { requests, candles };
}

/** A database's table that holds what was kept, or what was there before. */
function table(held: readonly Candle[] | null = null): KeptCandles {
  return {
    read: () => Promise.resolve(held),
    keep: (_range, candles) => {
      held = candles;
      return Promise.resolve(candles.length);
    },
    missing: () => Promise.resolve([]),
  };
}

Deno.test("known candles - a range that was requested before is read, even if it is empty", async () => {
  assert.equal((await calls(table())).requests, 1);
  assert.deepEqual(await calls(table([])), { requests: 0, candles: [] });
  assert.deepEqual(await calls(table([OURS])), { requests: 0, candles: [OURS] });
});

Deno.test("known candles - a candle that may lack trades is not used for the exchange's own", async () => {
  const found = await calls(table([{ ...OURS, exact: false }]));
  assert.deepEqual(found, { requests: 1, candles: [EXCHANGES] });
});

Deno.test("known candles - without the database they are requested", async () => {
  const away = () => Promise.reject(new Error("the database is down"));
  assert.equal((await calls({ read: away, keep: away, missing: away })).requests, 3);
});
