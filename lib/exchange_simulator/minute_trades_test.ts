import assert from "node:assert/strict";
import { type MinuteShape, minuteTrades } from "./minute_trades.ts";
import { Random } from "./random.ts";

const START = 1_775_571_600;
const SPAN = { startMicros: START * 1e6, spanMicros: 60e6 };

Deno.test("simulated past - a minute's trades add up to it, however few or many they are", () => {
  const random = new Random(5, "shapes");
  for (let run = 0; run < 500; run++) {
    const shape = anyShape(random);
    const block = minuteTrades(shape, SPAN, [], new Random(run, "trades"));
    const sizes = [...block.signedSizes].map(Math.abs);
    const text = JSON.stringify(shape);
    assert.equal(block.length, shape.trades, text);
    assert.deepEqual({
      open: block.ticks[0],
      high: Math.max(...block.ticks),
      low: Math.min(...block.ticks),
      close: block.ticks.at(-1),
      volume: sizes.reduce((sum, size) => sum + size, 0),
      trades: block.ticks.length,
    }, shape);
    assert.ok(sizes.every((size) => size >= 1 && Number.isInteger(size)), text);
    assert.deepEqual(block.micros, block.micros.toSorted(), text);
    assert.ok((block.micros[0] ?? 0) >= SPAN.startMicros, text);
    assert.ok((block.micros.at(-1) ?? Infinity) < SPAN.startMicros + SPAN.spanMicros, text);
  }
});

Deno.test("simulated past - trades that are crowded into a second are in it, beside the others", () => {
  const shape = { open: 100, high: 110, low: 95, close: 101, volume: 1e6, trades: 5040 };
  const crowds = [{ second: START + 17, trades: 5000 }];
  const { micros, ticks } = minuteTrades(shape, SPAN, crowds, new Random(1, "crowd"));
  const inside = micros.filter((at) => at >= (START + 17) * 1e6 && at < (START + 18) * 1e6);
  assert.ok(inside.length >= 5000 && inside.length < 5020, `${inside.length}`);
  assert.deepEqual(micros, micros.toSorted());
  assert.equal(Math.max(...ticks), 110);
});

/** A minute as `PastMinutes` may make it: prices beyond open and close have their own trades. */
function anyShape(random: Random): MinuteShape {
  const trades = random.whole(1, random.next() < 0.5 ? 6 : 2000);
  const open = random.whole(50, 10_000);
  const close = trades === 1 ? open : random.whole(50, 10_000);
  return {
    open,
    high: Math.max(open, close) + (trades > 2 ? random.whole(0, 40) : 0),
    low: Math.min(open, close) - (trades > 3 ? random.whole(0, 40) : 0),
    close,
    volume: trades + Math.floor(10 ** (random.next() * 14)),
    trades,
  };
}
