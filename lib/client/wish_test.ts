import assert from "node:assert/strict";
import { covers, queryOf, together, wants, type Wish } from "./wish.ts";

function wish(products: string, granularities: string, closedOnly = false): Wish {
  const list = (names: string) => names === "*" ? "*" : new Set(names.split(","));
  return { products: list(products), granularities: list(granularities), closedOnly };
}

Deno.test("wish - together they name all products and granularities of each, once", () => {
  const all = together([wish("A-USD", "ONE_MINUTE", true), wish("B-USD,A-USD", "ONE_DAY", true)]);
  assert.equal(queryOf(all), "products=A-USD,B-USD&granularities=ONE_MINUTE,ONE_DAY&closed=true");
  const mixed = together([wish("A-USD", "ONE_DAY", true), wish("*", "ONE_DAY")]);
  assert.equal(queryOf(mixed), "products=*&granularities=ONE_DAY");
});

Deno.test("wish - one covers another if it brings every candle of it, the live ones too if they are wanted", () => {
  const wide = wish("A-USD,B-USD", "ONE_MINUTE,ONE_DAY");
  assert.ok(covers(wide, wish("B-USD", "ONE_DAY")));
  assert.ok(covers(wide, wish("B-USD", "ONE_DAY", true)));
  assert.ok(covers(wish("*", "*"), wide));
  assert.ok(!covers(wide, wish("C-USD", "ONE_DAY")));
  assert.ok(!covers(wide, wish("*", "ONE_DAY")));
  assert.ok(!covers(wish("A-USD", "ONE_DAY", true), wish("A-USD", "ONE_DAY")));
  assert.ok(wants(wide, "A-USD", "ONE_DAY") && !wants(wide, "A-USD", "ONE_HOUR"));
});

Deno.test("wish - a list too long for a query is requested as all products", () => {
  const long = Array.from({ length: 2000 }, (_, at) => `P${at}-USD`).join(",");
  assert.equal(queryOf(wish(long, "ONE_MINUTE")), "products=*&granularities=ONE_MINUTE");
});
