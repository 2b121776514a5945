import assert from "node:assert/strict";
import { decimal } from "../../lib/candles/decimal.ts";
import { compactAmount } from "./amount.ts";

Deno.test("amount - an amount is three digits and a letter", () => {
  const cases = [
    ["0", "0"],
    ["0.00152", "0.00152"],
    ["0.5", "0.5"],
    ["12.345", "12.3"],
    ["999", "999"],
    ["1234", "1.23K"],
    ["45600", "45.6K"],
    ["1540000000", "1.54B"],
    ["25300000000000", "25.3T"],
    ["-1234", "-1.23K"],
  ] as const;
  for (const [amount, text] of cases) assert.equal(compactAmount(decimal(amount)), text);
});

Deno.test("amount - an amount that rounds up to the next letter has that letter", () => {
  assert.equal(compactAmount(decimal("999600")), "1.00M");
  assert.equal(compactAmount(decimal("999400")), "999K");
  assert.equal(compactAmount(decimal("999.6")), "1.00K");
});

Deno.test("amount - rounding never makes four digits", () => {
  assert.equal(compactAmount(decimal("9.996")), "10.0");
  assert.equal(compactAmount(decimal("99.96")), "100");
});
