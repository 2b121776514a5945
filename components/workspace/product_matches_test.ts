import assert from "node:assert/strict";
import { shortMultiple } from "../../lib/candles/multiple.ts";
import { productId } from "../../lib/candles/product.ts";
import { chartChoices } from "./product_matches.ts";

const PRODUCTS = [
  ["ETH-USD", "Ethereum"],
  ["BTC-USD", "Bitcoin"],
  ["1INCH-USD", "1inch"],
  ["BCH-USD", "Bitcoin Cash"],
  ["WBTC-USD", "Wrapped Bitcoin"],
].map(([id = "", name = ""]) => ({ id: productId(id), name }));

function found(text: string): readonly string[] {
  return chartChoices(text, PRODUCTS).map((choice) =>
    choice.kind === "product" ? choice.product.id : shortMultiple(choice.multiple)
  );
}

Deno.test("chart choices - ids come before names, and what begins so before what has it", () => {
  assert.deepEqual(found("btc"), ["BTC-USD", "WBTC-USD"]);
  assert.deepEqual(found("bit"), ["BTC-USD", "BCH-USD", "WBTC-USD"]);
  assert.deepEqual(found("ether"), ["ETH-USD"]);
  assert.deepEqual(found("zzz"), []);
  assert.equal(found("").length, PRODUCTS.length);
});

Deno.test("chart choices - a number is a granularity, and may be a product too", () => {
  assert.deepEqual(found("4h"), ["4h"]);
  assert.deepEqual(found("90m"), ["90m"]);
  assert.deepEqual(found("1"), ["1m", "1h", "1d", "1INCH-USD"]);
  assert.deepEqual(found("1in"), ["1INCH-USD"]);
  assert.deepEqual(found("45"), ["45m", "45h"]);
  assert.deepEqual(found("four_hour"), ["4h"]);
  assert.deepEqual(found("99d"), []);
});

Deno.test("chart choices - there are few of them", () => {
  const many = Array.from({ length: 500 }, (_, n) => ({ id: productId(`A${n}-USD`), name: "A" }));
  assert.equal(chartChoices("a", many).length, 8);
});
