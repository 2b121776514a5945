import assert from "node:assert/strict";
import fc from "fast-check";
import { type ProductId, productId } from "../candles/product.ts";
import { shardOf } from "./product_choice.ts";

const IDS = Array.from({ length: 500 }, (_, i) => productId(`P${i}-USD`));
const someIds = fc.subarray(IDS);
const counts = fc.integer({ min: 1, max: 12 });

function shards(ids: readonly ProductId[], count: number): ProductId[][] {
  return Array.from({ length: count }, (_, index) => shardOf(ids, { index, count }));
}

Deno.test("product choice - every product is on exactly one shard", () => {
  fc.assert(fc.property(someIds, counts, (ids, count) => {
    assert.deepEqual(shards(ids, count).flat().sort(), [...ids].sort());
  }));
});

Deno.test("product choice - a product stays on its shard, whichever others come or go", () => {
  fc.assert(fc.property(someIds, counts, (ids, count) => {
    for (const [index, own] of shards(ids, count).entries()) {
      const all = new Set(shardOf(IDS, { index, count }));
      assert.ok(own.every((id) => all.has(id)));
    }
  }));
});

Deno.test("product choice - an additional shard takes products, and moves none between the others", () => {
  fc.assert(fc.property(counts, (count) => {
    const before = shards(IDS, count);
    const after = shards(IDS, count + 1);
    for (const [index, own] of before.entries()) {
      const kept = new Set(own);
      assert.ok((after[index] ?? []).every((id) => kept.has(id)));
    }
  }));
});

Deno.test("product choice - shards have about as many products each", () => {
  for (const count of [2, 3, 5, 8]) {
    const sizes = shards(IDS, count).map(({ length }) => length);
    const share = IDS.length / count;
    assert.ok(sizes.every((size) => size > share * 0.6 && size < share * 1.5), sizes.join(", "));
  }
});

Deno.test("product choice - which shard a product is on is the same in every version", () => {
  const ids = ["BTC-USD", "ETH-USD", "SOL-USD", "XRP-USD", "DOGE-USD", "ADA-USD"].map(productId);
  assert.deepEqual(shards(ids, 3).map((own) => own.join(" ")), [
    "ETH-USD XRP-USD",
    "",
    "BTC-USD SOL-USD DOGE-USD ADA-USD",
  ]);
});
