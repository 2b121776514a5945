import assert from "node:assert/strict";
import { epochSeconds } from "../candles/granularity.ts";
import { productId } from "../candles/product.ts";
import type { ProvenStart } from "../repair/restore.ts";
import { provenStarts, storedStart } from "./proven_starts.ts";

const BTC = productId("BTC-USD");
const ETH = productId("ETH-USD");

Deno.test("proven starts - a start comes back from the database as it was stored, with or without a trade and a publication", () => {
  const from = epochSeconds(1_704_567_600);
  const starts: ProvenStart[] = [
    { from, tradeId: 7, publishedFrom: epochSeconds(1_704_571_200) },
    { from, tradeId: null },
    { from, tradeId: 7, hiddenUntilMs: 1_704_567_601_234 },
  ];
  for (const start of starts) {
    const { from: provenFrom, publishedFromMs = null, pastHiddenUntilMs = null } = storedStart(
      start,
    );
    const stored = [{ productId: BTC, provenFrom, publishedFromMs, pastHiddenUntilMs }];
    assert.deepEqual(provenStarts(stored, [BTC]), new Map([[BTC, start]]));
  }
});

Deno.test("proven starts - products that are not wanted, or of which nothing is proven, have none", () => {
  const unknown = { provenFrom: null, publishedFromMs: null, pastHiddenUntilMs: null };
  const stored = [
    { ...unknown, productId: BTC },
    { ...unknown, productId: ETH, provenFrom: { tradeId: 1, timeMs: 1_000 } },
  ];
  assert.deepEqual(provenStarts(stored, [BTC]), new Map());
});
