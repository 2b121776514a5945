import assert from "node:assert/strict";
import { paletteItem, productItem } from "./palette_item.ts";
import { RecentItems } from "./recent_items.ts";

const STATUS = paletteItem("page", "Status", "How the server is", "/status");
const DARK = paletteItem("setting", "Dark theme", "Appearance", null);
const BITCOIN = productItem("BTC-USD", "Bitcoin");

function stored(first: string | null = null) {
  let text = first;
  return {
    recent: new RecentItems(() => ({
      getItem: () => text,
      setItem: (_, value) => void (text = value),
    })),
    text: () => text,
  };
}

Deno.test("recent - the last choice comes first, once, and a product even before the list is loaded", () => {
  const { recent } = stored();
  for (const item of [STATUS, BITCOIN, DARK, STATUS]) recent.add(item);
  assert.deepEqual(recent.among([STATUS, DARK]), [STATUS, DARK, BITCOIN]);
});

Deno.test("recent - a setting that this page does not have is left out", () => {
  const { recent } = stored();
  recent.add(DARK);
  assert.deepEqual(recent.among([STATUS]), []);
});

Deno.test("recent - at most five are kept, however many are chosen", () => {
  const { recent, text } = stored();
  for (let place = 0; place < 50; place++) recent.add(productItem(`P${place}-USD`, "Coin"));
  assert.deepEqual(
    recent.among([]).map(({ title }) => title),
    ["P49-USD", "P48-USD", "P47-USD", "P46-USD", "P45-USD"],
  );
  assert.ok((text() ?? "").length < 1000);
});

Deno.test("recent - what is stored but is not an item is left out", () => {
  const bad = [
    "",
    "{",
    "null",
    '"BTC-USD"',
    "[null,1,[]]",
    '[{"key":"product x","title":"//evil.example","detail":""}]',
    '[{"key":1,"title":"BTC-USD","detail":"Bitcoin"}]',
    `[{"key":"a","title":"BTC-USD","detail":"${"x".repeat(200)}"}]`,
    "x".repeat(1_000_000),
  ];
  for (const text of bad) {
    assert.deepEqual(stored(text).recent.among([STATUS]), [], text.slice(0, 50));
  }
});

Deno.test("recent - in a browser without storage nothing is recent, and choosing works", () => {
  const forbidden = new RecentItems(() => {
    throw new DOMException("no storage", "SecurityError");
  });
  forbidden.add(STATUS);
  assert.deepEqual(forbidden.among([STATUS]), []);
});
