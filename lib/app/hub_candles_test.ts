import assert from "node:assert/strict";
import { sampleCandle } from "../../tests/sample_candles.ts";
import { encodeCandle } from "../candles/wire.ts";
import { eventOf, routeOf } from "../stream/test_events.ts";
import { currentCandle } from "./hub_candles.ts";

const KEY = "BTC-USD.ONE_MINUTE";

Deno.test("hub candles - a current candle is read once, and a newer one in its place", () => {
  const route = routeOf(KEY);
  const hub = { currentEvent: () => route.current };
  assert.equal(currentCandle(hub, KEY), null);
  const [first, second] = [sampleCandle({ trades: 3 }), sampleCandle({ trades: 4 })];
  route.remember(eventOf(route, { start: first.start, text: encodeCandle(first) }));
  const read = currentCandle(hub, KEY);
  assert.deepEqual(read, first);
  assert.equal(currentCandle(hub, KEY), read, "the same object: nothing was read again");
  route.remember(eventOf(route, { start: second.start, text: encodeCandle(second) }));
  assert.deepEqual(currentCandle(hub, KEY), second);
});

Deno.test("hub candles - bytes that are not a candle give none, each time", () => {
  const route = routeOf(KEY);
  route.remember(eventOf(route, { text: "{}" }));
  for (let time = 0; time < 2; time++) {
    assert.equal(currentCandle({ currentEvent: () => route.current }, KEY), null);
  }
});
