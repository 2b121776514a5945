import assert from "node:assert/strict";
import { watchStoreLag } from "./store_lag.ts";

Deno.test("the lag is told at once and again, over failures of the bus", async () => {
  const told: number[] = [];
  const answers = [7, null, 3];
  const three = Promise.withResolvers<void>();
  const end = watchStoreLag(
    {
      storeLag() {
        const pending = answers.shift();
        if (pending === undefined) three.resolve();
        return typeof pending === "number"
          ? Promise.resolve({ pending, ackFloor: 0 })
          : Promise.reject(new Error("the bus is away"));
      },
    },
    (candles) => told.push(candles),
    1,
  );
  await three.promise;
  end();
  assert.deepEqual(told, [7, 3]);
});
