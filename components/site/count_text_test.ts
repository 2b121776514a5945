import assert from "node:assert/strict";
import fc from "fast-check";
import { countText } from "./count_text.ts";

Deno.test("count text - every whole number is written as the locale writes it", () => {
  fc.assert(fc.property(fc.maxSafeInteger(), (count) => {
    assert.equal(countText(count), count.toLocaleString("en-US"));
  }));
});
