import assert from "node:assert/strict";
import { Admission } from "./admission.ts";

Deno.test("admission - places are counted per address and in all, and come back", () => {
  const admission = new Admission({ total: 3, perAddress: 2 });
  assert.deepEqual(["a", "a", "a"].map((address) => admission.enter(address)), [
    null,
    null,
    "streams_per_address",
  ]);
  assert.deepEqual(["b", "c"].map((address) => admission.enter(address)), [null, "streams"]);
  admission.leave("a");
  assert.equal(admission.enter("c"), null);
  assert.equal(admission.enter("a"), "streams");
  admission.leave("an unknown one");
  assert.equal(admission.enter("d"), "streams", "a client that was refused gives no place back");
});
