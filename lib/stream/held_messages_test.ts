import assert from "node:assert/strict";
import { HeldMessages } from "./held_messages.ts";

const BYTES = new Uint8Array();

function closed(sequence: number) {
  return { key: "BTC-USD.ONE_MINUTE" as const, bytes: BYTES, sequence };
}

function live(key: "BTC-USD.ONE_MINUTE" | "BTC-USD.ONE_HOUR", value: number) {
  return { key, bytes: new Uint8Array([value]), sequence: null };
}

Deno.test("held messages - every closed candle and the newest live one of each key come out once", () => {
  const held = new HeldMessages();
  const first = [closed(3), live("BTC-USD.ONE_MINUTE", 1), live("BTC-USD.ONE_HOUR", 2)];
  assert.equal(held.add(first), 0);
  assert.equal(held.add([live("BTC-USD.ONE_MINUTE", 3), closed(4)]), 0);
  assert.deepEqual(held.take(), {
    closed: [closed(3), closed(4)],
    live: [live("BTC-USD.ONE_MINUTE", 3), live("BTC-USD.ONE_HOUR", 2)],
  });
  assert.deepEqual(held.take(), { closed: [], live: [] });
});

Deno.test("held messages - closed candles beyond 20,000 are named as not kept, and later ones are kept", () => {
  const held = new HeldMessages();
  const batch = Array.from({ length: 20_001 }, (_, at) => closed(at + 1));
  assert.equal(held.add(batch), 20_000);
  assert.deepEqual(held.take().closed, [closed(20_001)]);
});
