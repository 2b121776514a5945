import assert from "node:assert/strict";
import fc from "fast-check";
import { candleKey } from "../candles/candle.ts";
import { epochSeconds, GRANULARITIES } from "../candles/granularity.ts";
import { productId } from "../candles/product.ts";
import {
  keyOfSubject,
  messageIdOf,
  parseKey,
  PREFIXES,
  type SubjectKind,
  subjectOf,
} from "./names.ts";

const KINDS: readonly SubjectKind[] = ["live", "closed", "current"];
const product = fc.stringMatching(/^[A-Z0-9]{1,20}-[A-Z0-9]{1,12}$/).map(productId);
const granularity = fc.constantFrom(...GRANULARITIES);

Deno.test("names - the names are the ones other programs rely on", () => {
  assert.equal(subjectOf("live", "BTC-USD.ONE_MINUTE"), "candles.BTC-USD.ONE_MINUTE");
  assert.equal(subjectOf("closed", "BTC-USD.ONE_MINUTE"), "closed-candles.BTC-USD.ONE_MINUTE");
  assert.equal(subjectOf("current", "BTC-USD.ONE_DAY"), "$KV.live-candles.BTC-USD.ONE_DAY");
  assert.equal(
    messageIdOf({
      productId: productId("BTC-USD"),
      granularity: "FIVE_MINUTE",
      start: epochSeconds(1_704_567_600),
      revision: 2,
    }),
    "BTC-USD.FIVE_MINUTE.1704567600.2",
  );
});

Deno.test("names - every subject of every kind reads back as its key, and as no other kind's", () => {
  fc.assert(fc.property(product, granularity, fc.constantFrom(...KINDS), (id, size, kind) => {
    const subject = subjectOf(kind, candleKey(id, size));
    for (const other of KINDS) {
      assert.equal(keyOfSubject(other, subject), other === kind ? candleKey(id, size) : null);
    }
  }));
});

Deno.test("names - a text that is not a key or subject gives null", () => {
  for (
    const text of ["", ".", "BTC-USD", "BTC-USD.", ".ONE_MINUTE", "BTC-USD.ONE_MINUTE.", "a.b"]
  ) {
    assert.equal(parseKey(text), null, text);
    assert.equal(keyOfSubject("live", PREFIXES.live + text), null, text);
  }
});
