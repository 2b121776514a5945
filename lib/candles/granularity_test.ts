import assert from "node:assert/strict";
import fc from "fast-check";
import {
  bucketEnd,
  bucketStart,
  containingStart,
  epochSeconds,
  GRANULARITIES,
  GRANULARITY_SECONDS,
  parseGranularity,
  shortGranularity,
} from "./granularity.ts";
import { parseProductId, productId } from "./product.ts";

Deno.test("granularity - a granularity is read as people write it, and written in one way", () => {
  for (const granularity of GRANULARITIES) {
    const seconds = GRANULARITY_SECONDS[granularity];
    for (
      const text of [granularity, `${granularity}S`, shortGranularity(granularity), `${seconds}`]
    ) {
      assert.equal(parseGranularity(text), granularity);
      assert.equal(parseGranularity(text.toLowerCase()), granularity);
    }
  }
  for (
    const text of ["", "7m", "ONE", "60s", "1", "4h", "FIVE MINUTE", "constructor", "__proto__"]
  ) {
    assert.equal(parseGranularity(text), null, text);
  }
});

Deno.test("granularity - every instant lies in exactly the bucket that starts before it, aligned to UTC midnight", () => {
  const times = fc.integer({ min: 0, max: 4_102_444_800_000 });
  fc.assert(fc.property(times, fc.constantFrom(...GRANULARITIES), (timeMs, granularity) => {
    const start = bucketStart(timeMs, granularity);
    assert.ok(start * 1000 <= timeMs && timeMs < bucketEnd(start, granularity) * 1000);
    assert.equal(start % GRANULARITY_SECONDS[granularity], 0);
    assert.equal(bucketStart(start * 1000, granularity), start);
    assert.equal(containingStart(bucketStart(timeMs, "ONE_MINUTE"), granularity), start);
  }));
});

Deno.test("granularity - each granularity divides the next, so that larger candles are merges of smaller ones", () => {
  GRANULARITIES.forEach((granularity, index) => {
    const below = GRANULARITIES[index - 1];
    if (below === undefined) return;
    assert.equal(GRANULARITY_SECONDS[granularity] % GRANULARITY_SECONDS[below], 0);
  });
  assert.throws(() => epochSeconds(1.5), /not whole epoch seconds: 1.5/);
});

Deno.test("granularity - a product id is only what Coinbase writes and every name grammar can carry", () => {
  for (const text of ["BTC-USD", "00-USD", "1INCH-EUR", "A-B"]) {
    assert.equal(parseProductId(text), text);
  }
  const refused = [
    "",
    "btc-usd",
    "BTC",
    "BTC-",
    "-USD",
    "BTC-USD-PERP",
    "BTC.USD",
    "BTC-*",
    "BTC->",
    "BTC USD",
    "BTC-USD\n",
    7,
    null,
    undefined,
    {},
  ];
  for (const value of refused) assert.equal(parseProductId(value), null, String(value));
  assert.throws(() => productId("nope"), /not a product id: "nope"/);
});
