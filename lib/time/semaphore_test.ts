import assert from "node:assert/strict";
import { Semaphore } from "./semaphore.ts";

Deno.test("semaphore - at most N run at a time, in order of arrival, failures included", async () => {
  const semaphore = new Semaphore(2);
  const begun: number[] = [];
  const ends = Array.from({ length: 5 }, () => Promise.withResolvers<number>());
  const runs = ends.map(({ promise }, n) =>
    semaphore.run(() => {
      begun.push(n);
      return promise;
    })
  );
  const settled = Promise.allSettled(runs);
  assert.deepEqual(begun, [0, 1]);
  ends[1]?.reject(new Error("the bus is down"));
  await assert.rejects(runs[1] ?? Promise.resolve(0), /is down/);
  assert.deepEqual(begun, [0, 1, 2]);
  ends[0]?.resolve(0);
  await runs[0];
  assert.deepEqual(begun, [0, 1, 2, 3]);
  for (const { resolve } of ends) resolve(1);
  await settled;
  assert.deepEqual(begun, [0, 1, 2, 3, 4]);
  assert.equal(await semaphore.run(() => Promise.resolve("free")), "free");
});
