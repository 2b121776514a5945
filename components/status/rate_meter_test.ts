import assert from "node:assert/strict";
import { RateMeter } from "./rate_meter.ts";

function sample(atMs: number, trades: number) {
  return { atMs, values: { trades } };
}

Deno.test("rate meter - the first rate is the average since the start", () => {
  const meter = new RateMeter<"trades">(0);
  assert.equal(meter.rates(sample(10_000, 50))("trades"), 5);
  assert.equal(new RateMeter<"trades">(0).rates(sample(0, 50))("trades"), 0);
});

Deno.test("rate meter - a rate is over the last half minute", () => {
  const meter = new RateMeter<"trades">(0);
  meter.rates(sample(100_000, 1000));
  meter.rates(sample(120_000, 1100));
  assert.equal(meter.rates(sample(130_000, 1300))("trades"), 10);
  assert.equal(meter.rates(sample(149_000, 1390))("trades"), 10);
});

Deno.test("rate meter - after a pause, the rate is over the pause", () => {
  const meter = new RateMeter<"trades">(0);
  meter.rates(sample(100_000, 1000));
  assert.equal(meter.rates(sample(200_000, 3000))("trades"), 20);
});

Deno.test("rate meter - a falling counter has no rate", () => {
  const meter = new RateMeter<"trades">(0);
  meter.rates(sample(100_000, 50));
  const rate = meter.rates(sample(110_000, 10));
  assert.equal(rate("trades"), 0);
});
