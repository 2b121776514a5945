import assert from "node:assert/strict";
import fc from "fast-check";
import { sampleCandle } from "../../tests/sample_candles.ts";
import { epochSeconds } from "../candles/granularity.ts";
import { encodeCandle } from "../candles/wire.ts";
import { readCandleHeader } from "./candle_header.ts";

function header(text: string) {
  return readCandleHeader(new TextEncoder().encode(text));
}

Deno.test("candle header - the header of every candle we write is read back", () => {
  const state = fc.record({
    start: fc.integer({ min: 0, max: 70_000_000 }).map((minutes) => epochSeconds(minutes * 60)),
    isComplete: fc.boolean(),
    exact: fc.boolean(),
    revision: fc.nat(),
  });
  fc.assert(fc.property(state, (state) => {
    assert.deepEqual(header(encodeCandle(sampleCandle(state))), { ...state });
  }));
});

Deno.test("candle header - keys may come in any order, with blanks and keys we do not know", () => {
  const text = `{ "ts":1795420000213000, "revision" : 3,"note":"a, {b}","exact":true,
"is_complete":false,"timestamp":60}`.replace("\n", " ");
  assert.deepEqual(header(text), { start: 60, isComplete: false, exact: true, revision: 3 });
});

Deno.test("candle header - bytes that are not one flat object on one line, with all four fields, are refused", () => {
  const good = '{"timestamp":60,"is_complete":false,"exact":true,"revision":3}';
  assert.notEqual(header(good), null);
  for (
    const bad of [
      "",
      "{",
      "{}",
      "null",
      good.slice(0, -1),
      `${good}}`,
      `[${good}]`,
      good.replace("60", "-60"),
      good.replace("60", "6e1"),
      good.replace("60", "6\n0"),
      good.replace("60", "9999999999999999"),
      good.replace("true", "null"),
      good.replace(',"revision":3', ""),
      good.replace('"revision":3', '"revision":{}'),
      good.replace('"revision":3', '"revision":"3"'),
      good.replace("{", '{"note":"a\nb",'),
      good.replace("{", '{"note":"a\\u000ab",'),
      good.replace("{", '{"note\n":1,'),
      good.replace(",", "\n,"),
    ]
  ) {
    assert.equal(header(bad), null, JSON.stringify(bad));
  }
});

Deno.test("candle header - no bytes make it throw or let a line break through", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
    if (readCandleHeader(bytes) !== null) assert.ok(!bytes.includes(10) && !bytes.includes(13));
  }));
});
