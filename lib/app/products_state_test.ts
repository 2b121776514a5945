import assert from "node:assert/strict";
import { productId } from "../candles/product.ts";
import type { Absence } from "../exchange/absence.ts";
import { type ProductsFound, productsState } from "./products_state.ts";

const BTC = productId("BTC-USD");
const USDC = productId("BTC-USDC");

function absent(text: string, instead: typeof BTC | null = null): Absence {
  return { product: productId(text), reason: "unknown", detail: `${text} is unknown`, instead };
}

function found(other: Partial<ProductsFound>): ProductsFound {
  return {
    choice: { kind: "list", ids: [BTC] },
    shard: { index: 0, count: 1 },
    followed: [BTC],
    own: [BTC],
    absent: [],
    ...other,
  };
}

Deno.test("products state - all that was listed is followed: up, without a detail", () => {
  assert.deepEqual(productsState(found({})), { state: "up", detail: null, unavailable: [] });
});

Deno.test("products state - five of those that are lacking are named, the others counted", () => {
  const lacking = ["A", "B", "C", "D", "E", "F", "G"].map((base) => absent(`${base}-USD`));
  const { state, detail, unavailable } = productsState(found({ absent: lacking }));
  assert.equal(state, "degraded");
  assert.match(
    detail ?? "",
    /^Of PRODUCTS, 7 not followed: A-USD is unknown; .*E-USD .*; and 2 more$/,
  );
  assert.equal(unavailable, lacking);
});

Deno.test("products state - an alias beside its own product lacks nothing", () => {
  const alias = absent(USDC, BTC);
  assert.equal(productsState(found({ absent: [alias] })).state, "up");
  const eth = found({ followed: [productId("ETH-USD")], absent: [alias] });
  assert.equal(productsState(eth).state, "degraded");
});

Deno.test("products state - with nothing to follow the feed is down, a shard without a product is not", () => {
  const none = productsState(found({ followed: [], own: [], absent: [absent("X-USD")] }));
  assert.deepEqual([none.state, none.detail], [
    "down",
    "None of PRODUCTS can be followed: X-USD is unknown",
  ]);
  const empty = productsState(found({ own: [], shard: { index: 2, count: 3 } }));
  assert.deepEqual([empty.state, empty.detail], [
    "up",
    "No product falls to this shard, SHARD_INDEX 2 of 3",
  ]);
});
