import assert from "node:assert/strict";
import { firingText } from "./describe.ts";

Deno.test("alert words - a price has the digits it was traded at, an index two", () => {
  const rsi = { kind: "rsi", level: 50, period: 14, granularity: "ONE_MINUTE" } as const;
  assert.equal(
    firingText(rsi, 53.84615384615385),
    "has an RSI 14 (1m) that crosses 50: 53.85",
  );
  assert.equal(firingText({ kind: "price", value: 1e-8 }, 2e-8), "crosses 0.00000001: 0.00000002");
  assert.equal(
    firingText({ kind: "price", value: 66_091.78 }, 1_066_092.125),
    "crosses 66,091.78: 1,066,092.125",
  );
});
