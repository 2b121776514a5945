import assert from "node:assert/strict";
import { parseCandleQuery } from "./candle_query.ts";

function parse(text: string) {
  return parseCandleQuery(new URLSearchParams(text));
}

Deno.test("a query is read with epoch seconds or ISO times, and granularities as people write them", () => {
  const { query } = parse(
    "product=BTC-USD&granularity=5m&start=1704067200&end=2024-01-02T00:00:00Z&limit=10",
  );
  assert.deepEqual(query, {
    productId: "BTC-USD",
    granularity: "FIVE_MINUTE",
    start: 1704067200,
    end: 1704153600,
    limit: 10,
  });
});

Deno.test("without times and limit the newest 300 are asked for", () => {
  const { query } = parse("product=BTC-USD&granularity=ONE_DAY");
  assert.deepEqual(query, {
    productId: "BTC-USD",
    granularity: "ONE_DAY",
    start: undefined,
    end: undefined,
    limit: 300,
  });
});

Deno.test("every bad value is named at once, with what was sent", () => {
  const { errors } = parse("product=bitcoin&granularity=7m&start=yesterday&end=-1&limit=1001");
  assert.deepEqual(errors?.map(({ parameter, value }) => [parameter, value]), [
    ["product", "bitcoin"],
    ["granularity", "7m"],
    ["start", "yesterday"],
    ["end", "-1"],
    ["limit", "1001"],
  ]);
});

Deno.test("what is missing is named as missing, and an empty range is refused", () => {
  assert.deepEqual(parse("").errors?.map(({ parameter, value }) => [parameter, value]), [
    ["product", null],
    ["granularity", null],
  ]);
  const { errors } = parse("product=BTC-USD&granularity=1m&start=0&end=0");
  assert.deepEqual(errors?.map(({ parameter }) => parameter), ["end"]);
});

Deno.test("a limit of no candles, of a fraction or in words is refused", () => {
  for (const limit of ["0", "1.5", "ten", "-1", "1e3"]) {
    const { errors } = parse(`product=BTC-USD&granularity=1m&limit=${limit}`);
    assert.deepEqual(errors?.map(({ parameter }) => parameter), ["limit"], limit);
  }
});
