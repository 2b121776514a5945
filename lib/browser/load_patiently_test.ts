import assert from "node:assert/strict";
import { loadPatiently } from "./load_patiently.ts";

Deno.test("load patiently - what cannot be loaded is tried again, ever less often, until it can", async () => {
  const waits: number[] = [];
  let tries = 0;
  const load = () => ++tries < 8 ? Promise.reject(new Error("away")) : Promise.resolve("here");
  const loaded = await loadPatiently(load, (ms) => {
    waits.push(ms / 1000);
    return Promise.resolve();
  });
  assert.equal(loaded, "here");
  assert.deepEqual(waits, [5, 10, 20, 40, 60, 60, 60]);
});
