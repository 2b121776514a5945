import assert from "node:assert/strict";
import { labelColor, whiteContrast } from "./label_color.ts";

Deno.test("label color - a colour on which white is not readable becomes dark enough, and keeps its hue", () => {
  const [red = 0, green = 0, blue = 0] = labelColor("rgba(247, 113, 113, 1)")
    .match(/\d+/g)?.map(Number) ?? [];
  assert.ok(whiteContrast([red, green, blue]) >= 4.4);
  assert.ok(red > 2 * green && green === blue);
});

Deno.test("label color - a colour that can be written on stays unchanged", () => {
  assert.equal(labelColor("rgba(78, 210, 160, 1)"), "rgba(78, 210, 160, 1)");
  assert.equal(labelColor("rgba(187, 34, 51, 1)"), "rgba(187, 34, 51, 1)");
});

Deno.test("label color - contrast is WCAG's: 21 for black, 1 for white", () => {
  assert.equal(whiteContrast([0, 0, 0]), 21);
  assert.equal(whiteContrast([255, 255, 255]), 1);
});
