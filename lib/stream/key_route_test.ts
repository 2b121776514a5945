import assert from "node:assert/strict";
import { dataOf } from "./candle_event.ts";
import { eventOf, routeOf } from "./test_events.ts";

const KEY = "BTC-USD.ONE_MINUTE";
const CLOSED = { isComplete: true, exact: false, revision: 0 };
const LIVE = { isComplete: false, exact: false, revision: 0 };

Deno.test("key route - after a close no live state of its bucket or an older one goes out", () => {
  const route = routeOf(KEY);
  route.remember(eventOf(route, { start: 60, sequence: 1 }));
  assert.equal(route.takesLive({ start: 60, ...LIVE }), false);
  assert.equal(route.takesLive({ start: 0, ...LIVE }), false);
  assert.equal(route.takesLive({ start: 120, ...LIVE }), true);
});

Deno.test("key route - of the newest closed candle no lower state goes out, of an older one every state", () => {
  const route = routeOf(KEY);
  route.remember(eventOf(route, { start: 60, sequence: 1, revision: 2 }));
  assert.equal(route.takesClosed({ start: 60, ...CLOSED, revision: 1 }), false);
  assert.equal(route.takesClosed({ start: 60, ...CLOSED, revision: 2 }), true);
  assert.equal(route.takesClosed({ start: 60, ...CLOSED, revision: 0, exact: true }), true);
  assert.equal(route.takesClosed({ start: 0, ...CLOSED }), true);
});

Deno.test("key route - a current candle that was read is shown, and does not count as sent", () => {
  const route = routeOf(KEY);
  const read = eventOf(route, { start: 60, ...CLOSED, revision: 1 });
  route.refresh(read);
  assert.equal(route.current, read);
  assert.equal(route.takesLive({ start: 60, ...LIVE }), false, "its bucket is closed");
  assert.equal(route.takesClosed({ start: 60, ...CLOSED }), true, "its own message is to come");
});

Deno.test("key route - a live state without listeners is kept for the next snapshot, the newest only", () => {
  const route = routeOf(KEY);
  const bytes = (text: string) => new TextEncoder().encode(text);
  route.keep({ start: 60, ...LIVE }, bytes("first"));
  route.keep({ start: 120, ...LIVE }, bytes("the newest of them"));
  route.keep({ start: 60, ...LIVE }, bytes("older"));
  const { current } = route;
  assert.equal(current?.start, 120);
  assert.equal(current && new TextDecoder().decode(dataOf(current)), "the newest of them");
  route.keep({ start: 120, ...LIVE }, bytes("newer"));
  assert.equal(route.current && new TextDecoder().decode(dataOf(route.current)), "newer");
  assert.equal(
    new TextDecoder().decode(dataOf(current)),
    "the newest of them",
    "what was given out no longer changes",
  );
});
