import assert from "node:assert/strict";
import { watchStoreLag } from "./store_lag.ts";

Deno.test("store lag - the lag is reported immediately and again, over failures of the bus", async () => {
  const reported: number[] = [];
  const answers = [7, null, 3];
  const three = Promise.withResolvers<void>();
  const end = watchStoreLag(
    {
      storeLag() {
        const pending = answers.shift();
        if (pending === undefined) three.resolve();
        return typeof pending === "number"
          ? Promise.resolve({ pending, ackFloor: 0 })
          : Promise.reject(new Error("the bus is down"));
      },
    },
    (candles) => reported.push(candles),
    1,
  );
  await three.promise;
  end();
  assert.deepEqual(reported, [7, 3]);
});
