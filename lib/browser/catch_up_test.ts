import assert from "node:assert/strict";
import { CatchUp } from "./catch_up.ts";

/** A catch-up whose readings and pauses the test ends. */
function driven() {
  const readings: PromiseWithResolvers<void>[] = [];
  const pauses: { readonly ms: number; readonly end: () => void }[] = [];
  const failing: boolean[] = [];
  const catchUp = new CatchUp({
    read() {
      const reading = Promise.withResolvers<void>();
      readings.push(reading);
      return reading.promise;
    },
    onFailing: (isFailing) => failing.push(isFailing),
    pause: (ms) => new Promise((end) => pauses.push({ ms, end })),
  });
  return { catchUp, readings, pauses, failing };
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
}

Deno.test("catch-up - a failed reading is retried with growing delays until it succeeds", async () => {
  const { catchUp, readings, pauses, failing } = driven();
  catchUp.request();
  for (let attempt = 0; attempt < 8; attempt++) {
    readings[attempt]?.reject(new Error("503"));
    await settled();
    pauses[attempt]?.end();
    await settled();
  }
  assert.deepEqual(pauses.map(({ ms }) => ms / 1000), [1, 2, 4, 8, 15, 30, 30, 30]);
  readings[8]?.resolve();
  await settled();
  assert.equal(readings.length, 9);
  assert.deepEqual([failing.length, failing.at(-1)], [9, false]);
});

Deno.test("catch-up - requests during a read are served by one more, begun after them", async () => {
  const { catchUp, readings } = driven();
  for (let count = 0; count < 5; count++) catchUp.request();
  assert.equal(readings.length, 1);
  readings[0]?.resolve();
  await settled();
  assert.equal(readings.length, 2);
  readings[1]?.resolve();
  await settled();
  assert.equal(readings.length, 2);
});

Deno.test("catch-up - once closed it reads nothing more", async () => {
  const { catchUp, readings, pauses } = driven();
  catchUp.request();
  readings[0]?.reject(new Error("503"));
  await settled();
  catchUp.close();
  pauses[0]?.end();
  await settled();
  catchUp.request();
  await settled();
  assert.equal(readings.length, 1);
});
