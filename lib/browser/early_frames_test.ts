import assert from "node:assert/strict";
import { EarlyFrames } from "./early_frames.ts";

/** What a listener that comes late hears. */
function heard(frames: EarlyFrames): string[] {
  const told: string[] = [];
  frames.giveTo({ candle: (text) => told.push(text), reset: () => told.push("reset") });
  return told;
}

Deno.test("every listener that comes late hears all that came before, in order", () => {
  const frames = new EarlyFrames();
  for (const text of ["a", "b", "c"]) frames.candle(text);
  assert.deepEqual(heard(frames), ["a", "b", "c"]);
  assert.deepEqual(heard(frames), ["a", "b", "c"]);
});

Deno.test("after a stream that could not resume, listeners are told so before what came since", () => {
  const frames = new EarlyFrames();
  frames.candle("a");
  frames.reset();
  frames.candle("b");
  assert.deepEqual(heard(frames), ["reset", "b"]);
});

Deno.test("what is too much to keep is told as a loss, and is not kept", () => {
  const frames = new EarlyFrames();
  for (let count = 0; count < 100_000; count++) frames.candle(`${count}`);
  const told = heard(frames);
  assert.equal(told[0], "reset");
  assert.ok(told.length <= 1001, `${told.length}`);
});
