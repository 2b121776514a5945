import assert from "node:assert/strict";
import { openApiDocument } from "../../lib/api/openapi.ts";
import { fieldsOf } from "./ApiShape.tsx";

Deno.test("API page - every key of every described object has a type in words", () => {
  const { components } = openApiDocument("1");
  const fields = Object.values(components?.schemas ?? {}).flatMap((
    schema,
  ) => [...fieldsOf(schema)]);
  assert.ok(fields.length > 30);
  for (const { key, text } of fields) assert.match(text, /^\S+/, key);
});

Deno.test("API page - nullable keys are marked, and lists name their items", () => {
  const { CandlePage, Candle } = openApiDocument("1").components?.schemas ?? {};
  const text = (schema: unknown, key: string) =>
    fieldsOf(schema).find((field) => field.key === key)?.text ?? "";
  assert.match(text(CandlePage, "candles"), /^List of Candle\. Ascending/);
  assert.match(text(CandlePage, "next"), /^string or null\./);
  assert.match(text(Candle, "open"), /^number\. Price of the trade/);
});
