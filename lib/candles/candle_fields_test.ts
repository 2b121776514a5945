import assert from "node:assert/strict";
import fc from "fast-check";
import { type CandleValues, mergeValues, NOT_FROM_TRADES, sameValues, valuesOf } from "./candle.ts";
import { CANDLE_FIELDS, type CandleField, VALUE_FIELDS } from "./candle_fields.ts";
import { add, compare, type Decimal } from "./decimal.ts";
import { ValuesMerge } from "./values_merge.ts";

const decimals = fc.record({ units: fc.nat(10 ** 12), scale: fc.nat(8) });
const values: fc.Arbitrary<CandleValues> = fc.record({
  open: decimals,
  high: decimals,
  low: decimals,
  close: decimals,
  volume: decimals,
}).chain((prices) =>
  fc.oneof(
    fc.constant({ ...prices, ...NOT_FROM_TRADES }),
    fc.record({
      trades: fc.nat(),
      quoteVolume: decimals,
      buyVolume: decimals,
      firstTradeId: fc.nat(),
      lastTradeId: fc.nat(),
    }).map((counts) => ({ ...prices, ...counts })),
  )
);

Deno.test("candle fields - merging treats each value as the table states", () => {
  fc.assert(fc.property(values, values, (a, b) => {
    const merged = mergeValues(a, b);
    for (const field of VALUE_FIELDS) {
      const expected = mergedBy(field, a, b);
      const value = field.read(merged);
      if (isDecimal(value) && isDecimal(expected)) {
        assert.equal(compare(value, expected), 0, field.wire);
      } else assert.equal(value, expected, field.wire);
    }
  }));
});

Deno.test("candle fields - merging many in one go gives what merging them two at a time gives", () => {
  const merge = new ValuesMerge();
  assert.equal(merge.take(), null);
  fc.assert(fc.property(fc.array(values, { minLength: 1, maxLength: 8 }), (parts) => {
    for (const part of parts) merge.add(part);
    assert.deepEqual(merge.take(), parts.reduce(mergeValues));
    assert.equal(merge.take(), null);
  }));
});

Deno.test("candle fields - values are equal only if every one of them is", () => {
  fc.assert(fc.property(values, values, (a, b) => {
    assert.ok(sameValues(a, valuesOf(a)));
    const same = VALUE_FIELDS.every((field) => {
      const [one, other] = [field.read(a), field.read(b)];
      return isDecimal(one) && isDecimal(other) ? compare(one, other) === 0 : one === other;
    });
    assert.equal(sameValues(a, b), same);
  }));
});

Deno.test("candle fields - no two have the same name, and what a candle may lack has a column", () => {
  const names = CANDLE_FIELDS.map(({ wire }) => wire);
  assert.equal(new Set(names).size, names.length);
  for (const field of CANDLE_FIELDS) {
    if ("nullable" in field && field.nullable) assert.notEqual(field.column, null, field.wire);
  }
});

function mergedBy(field: CandleField<CandleValues>, a: CandleValues, b: CandleValues) {
  const [one, other] = [field.read(a), field.read(b)];
  if (one === null || other === null) return null;
  switch (field.merge) {
    case "first":
      return one;
    case "last":
      return other;
    case "sum":
      if (isDecimal(one) && isDecimal(other)) return add(one, other);
      return Number(one) + Number(other);
    case "max":
      return isDecimal(one) && isDecimal(other) && compare(one, other) < 0 ? other : one;
    case "min":
      return isDecimal(one) && isDecimal(other) && compare(one, other) > 0 ? other : one;
    default:
      assert.fail(`${field.wire} has no rule`);
  }
}

function isDecimal(value: unknown): value is Decimal {
  return typeof value === "object" && value !== null && "units" in value;
}
