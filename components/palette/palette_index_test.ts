import assert from "node:assert/strict";
import fc from "fast-check";
import { PaletteIndex } from "./palette_index.ts";
import { paletteItem, productItem } from "./palette_item.ts";

const PRODUCTS = [
  productItem("BTC-USD", "Bitcoin"),
  productItem("ETH-USD", "Ethereum"),
  productItem("SOL-USD", "Solana"),
  productItem("BCH-USD", "Bitcoin Cash"),
  productItem("BTC-EUR", "Bitcoin"),
  productItem("BTRST-USD", "Braintrust"),
  productItem("WBTC-USD", "Wrapped Bitcoin"),
  productItem("ETHFI-USD", "Ether.fi"),
  productItem("1INCH-USD", "1inch"),
  productItem("CAFE-USD", "Café Coin"),
];
const ITEMS = [
  paletteItem("page", "Status", "How the server is", "/status"),
  ...PRODUCTS,
  paletteItem("setting", "Solid line", "Chart style", null),
  paletteItem("setting", "Dark theme", "Appearance", null),
];
const INDEX = new PaletteIndex(ITEMS);

function found(text: string, limit = 20): readonly string[] {
  return INDEX.find(text, limit).items.map(({ title }) => title);
}

Deno.test("palette - a base currency comes before what only begins so, the most traded first", () => {
  assert.deepEqual(found("btc"), ["BTC-USD", "BTC-EUR", "WBTC-USD", "BCH-USD"]);
  assert.deepEqual(found("eth"), ["ETH-USD", "ETHFI-USD"]);
});

Deno.test("palette - a whole id or name comes first, whatever signs and capitals it is typed with", () => {
  for (const text of ["BTC-EUR", "btceur", "btc/eur", "  Btc eur "]) {
    assert.equal(found(text)[0], "BTC-EUR", text);
  }
  assert.deepEqual(found("bitcoin").slice(0, 2), ["BTC-USD", "BTC-EUR"]);
  assert.equal(found("bitcoin cash")[0], "BCH-USD");
});

Deno.test("palette - what begins so comes before what has it within, a title before a detail", () => {
  assert.deepEqual(found("sol"), ["SOL-USD", "Solid line"]);
  assert.deepEqual(found("bit"), ["BTC-USD", "BCH-USD", "BTC-EUR", "WBTC-USD", "BTRST-USD"]);
  assert.deepEqual(found("coin").slice(0, 1), ["CAFE-USD"]);
});

Deno.test("palette - words are found in any order by their beginnings, settings and pages too", () => {
  assert.deepEqual(found("usd so"), ["SOL-USD"]);
  assert.deepEqual(found("theme d"), ["Dark theme"]);
  assert.deepEqual(found("server"), ["Status"]);
});

Deno.test("palette - letters may be missing in between, from the first one on, and after all that fits better", () => {
  assert.deepEqual(found("btn"), ["BTC-USD", "BCH-USD", "BTC-EUR"]);
  assert.deepEqual(found("drkthm"), ["Dark theme"]);
  assert.deepEqual(found("zzz"), []);
});

Deno.test("palette - accents do not count, and no text breaks it", () => {
  assert.deepEqual(found("cafe"), ["CAFE-USD"]);
  assert.deepEqual(found("CAFÉ C"), ["CAFE-USD"]);
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => {
    const { items, count } = INDEX.find(text, 5);
    assert.ok(items.length <= 5 && count >= items.length);
    assert.deepEqual(INDEX.find(text, 5), { items, count }, "always the same");
  }));
});

Deno.test("palette - every product of 2,000 is first when its id is typed, and a list stays bounded", () => {
  const many = Array.from({ length: 2000 }, (_, place) => productItem(`P${place}-USD`, "Coin"));
  const index = new PaletteIndex(many);
  assert.equal(index.find("", 20).items.length, 20);
  const { items, count } = index.find("usd", 20);
  assert.deepEqual([items.length, count], [20, 2000]);
  for (const place of [0, 1, 10, 199, 1999]) {
    assert.equal(index.find(`p${place}`, 20).items[0]?.title, `P${place}-USD`);
  }
});

Deno.test("palette - nothing typed is everything, in its order", () => {
  assert.deepEqual(found("  - "), ITEMS.map(({ title }) => title));
});
