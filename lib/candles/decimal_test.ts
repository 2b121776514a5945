import assert from "node:assert/strict";
import fc from "fast-check";
import {
  add,
  compare,
  decimal,
  formatDecimal,
  multiply,
  parseDecimal,
  toNumber,
} from "./decimal.ts";

/** A decimal text with its value as a bigint at scale 20. */
const texts = fc.tuple(
  fc.boolean(),
  fc.oneof(fc.bigInt(0n, 10n ** 6n), fc.bigInt(0n, 10n ** 25n)),
  fc.integer({ min: 0, max: 20 }),
).map(([negative, units, scale]) => {
  const digits = units.toString().padStart(scale + 1, "0");
  const text = scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
  const value = units * 10n ** BigInt(20 - scale);
  return { text: negative ? `-${text}` : text, value: negative ? -value : value };
});

/** The text of a value at `places` decimal places, computed independently of `formatDecimal`. */
function plain(value: bigint, places: number): string {
  const digits = (value < 0n ? -value : value).toString().padStart(places + 1, "0");
  const text = `${digits.slice(0, -places)}.${digits.slice(-places)}`.replace(/\.?0+$/, "");
  return value < 0n ? `-${text}` : text;
}

Deno.test("decimal - a decimal keeps every digit and drops only zeros without value", () => {
  fc.assert(
    fc.property(texts, ({ text, value }) => {
      assert.equal(formatDecimal(decimal(text)), plain(value, 20));
    }),
    { numRuns: 2000 },
  );
});

Deno.test("decimal - sums, products and comparisons are exact", () => {
  fc.assert(
    fc.property(texts, texts, (a, b) => {
      const [left, right] = [decimal(a.text), decimal(b.text)];
      assert.equal(formatDecimal(add(left, right)), plain(a.value + b.value, 20));
      assert.equal(formatDecimal(multiply(left, right)), plain(a.value * b.value, 40));
      assert.equal(
        Math.sign(compare(left, right)),
        a.value < b.value ? -1 : a.value > b.value ? 1 : 0,
      );
    }),
    { numRuns: 2000 },
  );
});

Deno.test("decimal - sums that cross the edge of safe integers keep their last digit", () => {
  const big = decimal("9007199254740991");
  assert.equal(formatDecimal(add(big, big)), "18014398509481982");
  assert.equal(formatDecimal(add(big, decimal("0.00000001"))), "9007199254740991.00000001");
  assert.equal(formatDecimal(multiply(big, big)), "81129638414606663681390495662081");
  assert.equal(
    formatDecimal(multiply(decimal("68900.50"), decimal("1000000000000.00000001"))),
    "68900500000000000.000689005",
  );
});

Deno.test("decimal - equal values are equal however they are written", () => {
  assert.equal(compare(decimal("1.50"), decimal("1.5")), 0);
  assert.equal(compare(decimal("-0.0"), decimal("0")), 0);
  assert.equal(compare(decimal("007"), decimal("7.000")), 0);
  assert.equal(formatDecimal(multiply(decimal("-1"), decimal("0"))), "0");
});

Deno.test("decimal - only plain notation is read; everything else is refused and nothing throws", () => {
  const refused = [
    "",
    "-",
    ".",
    "1.",
    ".5",
    "+1",
    "1e5",
    "1E-8",
    "NaN",
    "Infinity",
    "0x10",
    " 1",
    "1 ",
    "1,5",
    "1.2.3",
    "--1",
    "1_000",
    "１",
    "9".repeat(65),
  ];
  for (const text of refused) assert.equal(parseDecimal(text), null, JSON.stringify(text));
  for (const value of [null, undefined, 1, true, {}, []]) assert.equal(parseDecimal(value), null);
  assert.throws(() => decimal("1e5"), /not a decimal: "1e5"/);
  fc.assert(fc.property(fc.string(), (text) => {
    const parsed = parseDecimal(text);
    assert.equal(parsed !== null, /^-?\d+(\.\d+)?$/.test(text) && text.length <= 64);
  }));
});

Deno.test("decimal - a drawn number is the nearest one", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -1e9, max: 1e9 }),
      fc.integer({ min: 0, max: 8 }),
      (units, places) => {
        const text = (units / 10 ** places).toFixed(places);
        assert.equal(toNumber(decimal(text)), Number(text));
      },
    ),
  );
});
