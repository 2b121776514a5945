import assert from "node:assert/strict";
import { decimal } from "../../lib/candles/decimal.ts";
import { changeOf, changeSince } from "./change.ts";
import { referencePrice } from "./reference_price.ts";

Deno.test("change - a change has a sign, and none when nothing is left of it after rounding", () => {
  assert.deepEqual(changeOf(2.314), { direction: "up", text: "+2.31%" });
  assert.deepEqual(changeOf(-0.4), { direction: "down", text: "−0.40%" });
  assert.deepEqual(changeOf(0.004), { direction: "flat", text: "0.00%" });
  assert.deepEqual(changeOf(-0.004), { direction: "flat", text: "0.00%" });
  assert.deepEqual(changeOf(1234.5), { direction: "up", text: "+1235%" });
});

Deno.test("change - the change continues from the exchange's percentage as the price moves", () => {
  const reference = referencePrice(decimal("110"), decimal("10"));
  assert.equal(changeSince(reference, 110)?.text, "+10.00%");
  assert.equal(changeSince(reference, 90)?.text, "−10.00%");
  assert.equal(changeSince(reference, 100)?.text, "0.00%");
});

Deno.test("change - without a price, a percentage or a sane one there is no change", () => {
  assert.equal(referencePrice(null, decimal("1")), null);
  assert.equal(referencePrice(decimal("1"), null), null);
  assert.equal(referencePrice(decimal("1"), decimal("-100")), null);
  assert.equal(changeSince(null, 5), null);
});
