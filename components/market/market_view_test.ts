import assert from "node:assert/strict";
import { isInView, parseMarketView, writeMarketView } from "./market_view.ts";

const BITCOIN = { id: "BTC-USD", name: "Bitcoin" };
const ALL = { search: "", quote: null, favourites: false };

Deno.test("market view - a product is found by part of its name or id, case and spaces around aside", () => {
  for (const search of [" bitc ", "btc-u", ""]) {
    assert.ok(isInView({ ...ALL, search }, BITCOIN), search);
  }
  assert.ok(!isInView({ ...ALL, search: "eth" }, BITCOIN));
});

Deno.test("market view - a quote currency is matched whole", () => {
  assert.ok(isInView({ ...ALL, quote: "USD" }, BITCOIN));
  assert.ok(!isInView({ ...ALL, quote: "USD" }, { id: "BTC-USDC", name: "Bitcoin" }));
  assert.ok(!isInView({ ...ALL, quote: "BTC" }, BITCOIN));
});

Deno.test("market view - a view is read from what it was written as, and the order beside it stays", () => {
  const view = { search: "a&b", quote: "EUR", favourites: true };
  const query = new URLSearchParams("sort=name");
  writeMarketView(query, view);
  assert.equal(`${query}`, "sort=name&q=a%26b&quote=EUR&view=favourites");
  assert.deepEqual(parseMarketView(query), view);
  writeMarketView(query, ALL);
  assert.equal(`${query}`, "sort=name");
});

Deno.test("market view - nonsense in the address is not a view", () => {
  const query = new URLSearchParams({ q: "x".repeat(99), quote: "<b>", view: "all" });
  assert.deepEqual(parseMarketView(query), { ...ALL, search: "x".repeat(40) });
});
