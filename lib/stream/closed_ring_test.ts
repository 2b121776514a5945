import assert from "node:assert/strict";
import { ClosedRing } from "./closed_ring.ts";
import { eventOf, routeOf } from "./test_events.ts";

const BTC = routeOf("BTC-USD.ONE_MINUTE");
const ETH = routeOf("ETH-USD.ONE_MINUTE");

function sequencesOf(events: readonly { readonly sequence: number | null }[]) {
  return events.map(({ sequence }) => sequence);
}

Deno.test("closed ring - gives what came after a sequence, also where sequences are missing", () => {
  const ring = new ClosedRing(10);
  ring.restart(5);
  for (const sequence of [5, 6, 9, 12]) ring.add(eventOf(BTC, { sequence }));
  assert.deepEqual(sequencesOf(ring.after(4)), [5, 6, 9, 12]);
  assert.deepEqual(sequencesOf(ring.after(6)), [9, 12]);
  assert.deepEqual(sequencesOf(ring.after(10)), [12]);
  assert.deepEqual(sequencesOf(ring.after(12)), []);
});

Deno.test("closed ring - holds between its capacity and twice that, and knows from when on", () => {
  const ring = new ClosedRing(10);
  for (let sequence = 1; sequence <= 95; sequence++) {
    ring.add(eventOf(BTC, { sequence }));
    const held = ring.after(ring.first - 1);
    assert.ok(held.length >= Math.min(sequence, 10) && held.length < 20, `${held.length}`);
    assert.equal(held[0]?.sequence, ring.first);
    assert.equal(held.at(-1)?.sequence, sequence);
  }
  ring.restart(200);
  assert.deepEqual([ring.first, ring.after(199)], [200, []]);
});

Deno.test("closed ring - gives a key's own candles", () => {
  const ring = new ClosedRing(10);
  ring.add(eventOf(BTC, { sequence: 1 }));
  ring.add(eventOf(ETH, { sequence: 2 }));
  ring.add(eventOf(BTC, { sequence: 3 }));
  assert.deepEqual(sequencesOf(ring.of(BTC)), [1, 3]);
});
