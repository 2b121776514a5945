import assert from "node:assert/strict";
import { axisWidth } from "./price_axis.ts";

Deno.test("price axis - an axis is as wide as its prices are long", () => {
  assert.equal(axisWidth(66_300, 2), 72);
  assert.equal(axisWidth(0.5, 4), 72);
  assert.equal(axisWidth(0.00000857, 8), 88);
  assert.equal(axisWidth(0.0000000857, 10), 108);
});
