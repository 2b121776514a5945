import assert from "node:assert/strict";
import type { StreamListener } from "./candle_stream.ts";
import { EarlyFrames } from "./early_frames.ts";

/** A listener that records what it gets. */
function noting(): StreamListener & { readonly heard: string[] } {
  const heard: string[] = [];
  return { heard, candle: (text) => heard.push(text), reset: () => heard.push("reset") };
}

/** What a late listener gets. */
function heard(frames: EarlyFrames): string[] {
  const late = noting();
  frames.handTo(late);
  return late.heard;
}

Deno.test("early frames - a late listener gets all that came before, in order", () => {
  const frames = new EarlyFrames();
  for (const text of ["a", "b", "c"]) frames.candle(text);
  assert.deepEqual(heard(frames), ["a", "b", "c"]);
});

Deno.test("early frames - whenever the listener comes, it gets every frame once", () => {
  const texts = ["a", "b", "reset", "c", "d"];
  for (let before = 0; before <= texts.length; before++) {
    const frames = new EarlyFrames();
    const late = noting();
    const play = (text: string) => text === "reset" ? frames.reset() : frames.candle(text);
    texts.slice(0, before).forEach(play);
    const stop = frames.handTo(late);
    texts.slice(before).forEach(play);
    stop();
    frames.candle("after the end");
    // Frames before a reset are dropped.
    assert.deepEqual(late.heard, before > 2 ? texts.slice(2) : texts, `after ${before}`);
  }
});

Deno.test("early frames - more than can be kept is reported as a reset, and dropped", () => {
  const frames = new EarlyFrames();
  for (let count = 0; count < 100_000; count++) frames.candle(`${count}`);
  const events = heard(frames);
  assert.equal(events[0], "reset");
  assert.ok(events.length <= 1001, `${events.length}`);
});
