import assert from "node:assert/strict";
import { DEFAULT_SCREEN } from "./screen.ts";
import { screenValues } from "./screen_values.ts";
import { inMarketOrder, orderLink, parseMarketOrder } from "./market_order.ts";

const ALL = { search: "", quote: null, favourites: false };

const NOT_SCREENED = screenValues(undefined, null);

const ROWS = [
  { name: "bitcoin", price: 70000, change: 1.01, volume: 9, exact: -20, ...NOT_SCREENED },
  { name: "aave", price: null, change: null, volume: 5, exact: -10, ...NOT_SCREENED },
  { name: "pepe", price: 0.00001, change: 0.97, volume: null, exact: null, ...NOT_SCREENED },
];

function names(query: string): readonly string[] {
  const order = parseMarketOrder(new URLSearchParams(query));
  return inMarketOrder(ROWS, order).map(({ name }) => name);
}

Deno.test("market order - by default the most traded come first, and an invalid order is the default", () => {
  assert.deepEqual(names(""), ["bitcoin", "aave", "pepe"]);
  assert.deepEqual(names("sort=colour"), ["bitcoin", "aave", "pepe"]);
});

Deno.test("market order - the unknown come last in either direction", () => {
  assert.deepEqual(names("sort=price"), ["bitcoin", "pepe", "aave"]);
  assert.deepEqual(names("sort=price&order=asc"), ["pepe", "bitcoin", "aave"]);
});

Deno.test("market order - names go from A to Z unless turned round", () => {
  assert.deepEqual(names("sort=name"), ["aave", "bitcoin", "pepe"]);
  assert.deepEqual(names("sort=name&order=desc"), ["pepe", "bitcoin", "aave"]);
});

Deno.test("market order - a heading's link turns its own order round, keeps the search, and gives another column its natural order", () => {
  const byVolume = parseMarketOrder(new URLSearchParams());
  assert.equal(orderLink("volume", byVolume, ALL, DEFAULT_SCREEN), "?sort=volume&order=asc");
  assert.equal(
    orderLink("name", byVolume, { ...ALL, search: "a&b" }, DEFAULT_SCREEN),
    "?sort=name&order=asc&q=a%26b",
  );
  assert.equal(orderLink("change", byVolume, ALL, DEFAULT_SCREEN), "?sort=change&order=desc");
});

Deno.test("market order - by exactness what reaches furthest back is first, and what is not exact last", () => {
  assert.deepEqual(names("sort=exact"), ["aave", "bitcoin", "pepe"]);
  assert.deepEqual(names("sort=exact&order=asc"), ["bitcoin", "aave", "pepe"]);
});
