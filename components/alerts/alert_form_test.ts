import assert from "node:assert/strict";
import { fieldsOf, readAlertForm } from "./alert_form.ts";

const PRODUCTS = ["BTC-USD", "ETH-USD"];

type Fields = Readonly<Record<string, string>>;

function read(fields: Fields) {
  return readAlertForm(new Map(Object.entries(fields)), PRODUCTS, "id-1");
}

const GOOD: readonly Fields[] = [
  { product: "btc-usd ", kind: "price", value: "70,000.5", repeats: "on" },
  { product: "ETH-USD", kind: "change", percent: "2.5", changeMinutes: "15", sound: "on" },
  { product: "ETH-USD", kind: "volume", times: "5", volumeMinutes: "20" },
  { product: "BTC-USD", kind: "rsi", level: "70", period: "14", granularity: "ONE_HOUR" },
];

for (const fields of GOOD) {
  Deno.test(`alert form - ${fields.kind} is read, and fills the form again`, () => {
    const found = read(fields);
    assert.ok("alert" in found, JSON.stringify(found));
    const { alert } = found;
    assert.equal(alert.isOn, true);
    assert.deepEqual(readAlertForm(fieldsOf(alert), PRODUCTS, "id-1"), { alert });
  });
}

for (
  const [fields, expected] of [
    [{ product: "DOGE-EUR", kind: "price", value: "1" }, {
      product: "“DOGE-EUR” is not among the products here.",
    }],
    [{ product: "", kind: "price", value: "" }, {
      product: "Nothing is not among the products here.",
      value: "Price: nothing is not a number above 0.",
    }],
    [{ product: "BTC-USD", kind: "price", value: "1,5" }, {
      value: "Price: “1,5” is not a number above 0.",
    }],
    [{ product: "BTC-USD", kind: "price", value: "66.091,78" }, {
      value: "Price: “66.091,78” is not a number above 0.",
    }],
    [{ product: "BTC-USD", kind: "price", value: "0x10" }, {
      value: "Price: “0x10” is not a number above 0.",
    }],
    [{ product: "BTC-USD", kind: "price", value: "-3" }, {
      value: "Price: “-3” is not a number above 0.",
    }],
    [{ product: "BTC-USD", kind: "change", percent: "0", changeMinutes: "1.5" }, {
      percent: "Percent: “0” is not a number from 0.01 to 1,000.",
      changeMinutes: "Within minutes: “1.5” is not a whole number from 1 to 240.",
    }],
    [{ product: "BTC-USD", kind: "rsi", level: "100", period: "14", granularity: "4h" }, {
      granularity: "Choose one of the granularities.",
    }],
    [{ product: "BTC-USD", kind: "astrology" }, { kind: "Choose what to wait for." }],
  ] as const
) {
  Deno.test(`alert form - ${JSON.stringify(fields)} names what is allowed`, () => {
    const found = read(fields);
    assert.ok("errors" in found);
    assert.deepEqual(
      Object.fromEntries(found.errors.map(({ field, message }) => [field, message])),
      expected,
    );
  });
}

Deno.test("alert form - a number is read however it is commonly written", () => {
  const value = (text: string) => {
    const found = read({ product: "BTC-USD", kind: "price", value: text });
    assert.ok("alert" in found, text);
    const { condition } = found.alert;
    return condition.kind === "price" ? condition.value : null;
  };
  assert.deepEqual(
    ["66091.78", "66,091.78", "1,234,567", " .5 ", "1e-8", "0.00000858", "+7"].map(value),
    [66091.78, 66091.78, 1_234_567, 0.5, 1e-8, 0.00000858, 7],
  );
});
