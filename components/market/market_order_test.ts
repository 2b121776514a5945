import assert from "node:assert/strict";
import { inMarketOrder, orderLink, parseMarketOrder } from "./market_order.ts";

const ALL = { search: "", quote: null, favourites: false };

const ROWS = [
  { name: "bitcoin", price: 70000, change: 1.01, volume: 9 },
  { name: "aave", price: null, change: null, volume: 5 },
  { name: "pepe", price: 0.00001, change: 0.97, volume: null },
];

function names(query: string): readonly string[] {
  const order = parseMarketOrder(new URLSearchParams(query));
  return inMarketOrder(ROWS, order).map(({ name }) => name);
}

Deno.test("without a wish the most traded come first, and nonsense is no wish", () => {
  assert.deepEqual(names(""), ["bitcoin", "aave", "pepe"]);
  assert.deepEqual(names("sort=colour"), ["bitcoin", "aave", "pepe"]);
});

Deno.test("the unknown come last in either direction", () => {
  assert.deepEqual(names("sort=price"), ["bitcoin", "pepe", "aave"]);
  assert.deepEqual(names("sort=price&order=asc"), ["pepe", "bitcoin", "aave"]);
});

Deno.test("names go from A to Z unless turned round", () => {
  assert.deepEqual(names("sort=name"), ["aave", "bitcoin", "pepe"]);
  assert.deepEqual(names("sort=name&order=desc"), ["pepe", "bitcoin", "aave"]);
});

Deno.test("a heading's link turns its own order round, keeps the search, and begins another with sense", () => {
  const byVolume = parseMarketOrder(new URLSearchParams());
  assert.equal(orderLink("volume", byVolume, ALL), "?sort=volume&order=asc");
  assert.equal(
    orderLink("name", byVolume, { ...ALL, search: "a&b" }),
    "?sort=name&order=asc&q=a%26b",
  );
  assert.equal(orderLink("change", byVolume, ALL), "?sort=change&order=desc");
});
