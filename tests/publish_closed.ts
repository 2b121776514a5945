import assert from "node:assert/strict";
import type { Bus } from "../lib/bus/bus.ts";
import type { Candle } from "../lib/candles/candle.ts";

/** Publishes closed candles in this order and answers their sequences in CLOSED_CANDLES. Each must be new to it. */
export async function publishClosed(bus: Bus, ...candles: readonly Candle[]): Promise<number[]> {
  const sequences: number[] = [];
  const publisher = bus.closedPublisher({
    onAck({ sequence, duplicate }) {
      assert.equal(duplicate, false);
      sequences.push(sequence);
    },
    onOverflow: () => assert.fail("unexpected overflow"),
    onConflict: () => assert.fail("unexpected conflict"),
  });
  for (const candle of candles) publisher.enqueue(candle);
  await publisher.idle();
  await publisher.close();
  return sequences;
}
