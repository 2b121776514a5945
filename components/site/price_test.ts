import assert from "node:assert/strict";
import { decimal } from "../../lib/candles/decimal.ts";
import { withCurrency } from "./plain_price.ts";
import { priceDigits, priceText } from "./price.ts";

Deno.test("price - a price has its tick's digits, whatever the price is", () => {
  const cases = [
    ["68900.5", "0.01", "68,900.50"],
    ["1234567", "1", "1,234,567"],
    ["0.00000812", "0.00000001", "0.00000812"],
    ["0.000008", "0.00000001", "0.00000800"],
    ["999", "0.001", "999.000"],
    ["1000", "0.1", "1,000.0"],
  ] as const;
  for (const [price, tick, text] of cases) {
    assert.equal(priceText(decimal(price), priceDigits(decimal(tick), null)), text);
  }
});

Deno.test("price - digits beyond the tick are shown, never rounded away", () => {
  assert.equal(priceText(decimal("1.23456"), 2), "1.23456");
});

Deno.test("price - a price that no float can hold keeps every digit", () => {
  const digits = "123456789012345678.123456789012345678";
  assert.equal(
    priceText(decimal(digits), 2),
    "123,456,789,012,345,678.123456789012345678",
  );
});

Deno.test("price - without a tick the price's own digits count, and without both there are two", () => {
  assert.equal(priceDigits(null, decimal("0.1234")), 4);
  assert.equal(priceDigits(null, null), 2);
});

Deno.test("price - dollars, euros and pounds have their sign, other currencies their code", () => {
  assert.equal(withCurrency("1.20", "USD"), "$1.20");
  assert.equal(withCurrency("1.20", "EUR"), "€1.20");
  assert.equal(withCurrency("0.5", "BTC"), "0.5 BTC");
});
