import assert from "node:assert/strict";
import fc from "fast-check";
import { add, type Decimal, decimal } from "./decimal.ts";
import { DecimalSum } from "./decimal_sum.ts";

const digits = fc.oneof(
  fc.bigInt(0n, 10n ** 6n),
  fc.bigInt(2n ** 53n - 10n, 2n ** 53n + 10n),
  fc.bigInt(0n, 10n ** 25n),
);
const decimals = fc.tuple(digits, fc.integer({ min: 0, max: 20 })).map(([units, scale]) =>
  decimal(withPoint(`${units}`, scale))
);

function withPoint(text: string, scale: number): string {
  const padded = text.padStart(scale + 1, "0");
  return scale === 0 ? padded : `${padded.slice(0, -scale)}.${padded.slice(-scale)}`;
}

Deno.test("decimal sum - it is what adding one after another gives, in units and scale", () => {
  const sum = new DecimalSum();
  fc.assert(fc.property(fc.array(decimals, { minLength: 1, maxLength: 12 }), (values) => {
    const [first, ...others] = values;
    if (first === undefined) return;
    sum.begin(first);
    let expected: Decimal = first;
    for (const value of others) {
      sum.add(value);
      expected = add(expected, value);
      assert.deepEqual(sum.value, expected);
    }
    assert.deepEqual(sum.value, expected);
  }));
});

Deno.test("decimal sum - a value that was read stays unchanged while the sum changes", () => {
  const sum = new DecimalSum();
  sum.begin(decimal("1.5"));
  const before = sum.value;
  sum.add(decimal("0.25"));
  assert.deepEqual([before, sum.value], [decimal("1.5"), decimal("1.75")]);
});
