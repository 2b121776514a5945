import assert from "node:assert/strict";
import { GRANULARITIES, GRANULARITY_SECONDS, parseGranularity } from "../candles/granularity.ts";
import { shortGranularity } from "../candles/granularity.ts";
import { granularityName } from "./granularity_name.ts";

Deno.test("granularity name - it is what the server reads, in whatever way it is written", () => {
  for (const granularity of GRANULARITIES) {
    const short = shortGranularity(granularity);
    const seconds = `${GRANULARITY_SECONDS[granularity]}`;
    for (
      const text of [granularity, `${granularity}S`, granularity.toLowerCase(), short, seconds]
    ) {
      assert.equal(granularityName(text), parseGranularity(text), text);
      assert.equal(granularityName(text), granularity);
    }
    assert.equal(granularityName(short.toUpperCase()), granularity);
  }
  for (const text of ["SEVEN_MINUTE", "7M", "0", ""]) assert.equal(granularityName(text), text);
});
