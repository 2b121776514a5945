import assert from "node:assert/strict";
import { Buckets } from "./buckets.ts";
import { epochSeconds } from "./granularity.ts";
import { MarkedBuckets } from "./marked_buckets.ts";

const buckets = new Buckets();
const [one, two, three] = [60, 120, 180].map((start) =>
  buckets.getOrCreate("ONE_MINUTE", epochSeconds(start))
);
assert.ok(one && two && three);

Deno.test("marked buckets - each is given once, in the order of marking, and can be marked again", () => {
  const marked = new MarkedBuckets();
  for (const bucket of [two, one, two]) marked.add(bucket);
  assert.equal(marked.take(), two);
  for (const bucket of [three, two]) marked.add(bucket);
  assert.deepEqual([marked.take(), marked.take(), marked.take()], [one, three, two]);
  assert.equal(marked.take(), null);
});

Deno.test("marked buckets - one that was forgotten since is not returned", () => {
  buckets.mark("ONE_MINUTE", epochSeconds(120));
  buckets.mark("ONE_MINUTE", epochSeconds(3_660));
  const later = buckets.getOrCreate("ONE_MINUTE", epochSeconds(3_660));
  buckets.mark("ONE_MINUTE", epochSeconds(3_660));
  buckets.forgetBefore(epochSeconds(3_600));
  assert.equal(buckets.takeMinute(), later);
  assert.equal(buckets.takeMinute(), null);
});
