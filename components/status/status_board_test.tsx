import assert from "node:assert/strict";
import { renderToString } from "preact-render-to-string";
import type { PartState } from "../../app.ts";
import type { Operations } from "./operations.ts";
import { StatusBoard } from "./StatusBoard.tsx";

const UP: PartState = { state: "up", detail: null };
const STARTING: PartState = { state: "starting", detail: null };
const NOW: Operations = {
  atMs: 2_000,
  startedAtMs: 1_000,
  version: "1.0.0",
  roles: ["web"],
  shard: { index: 0, count: 1 },
  products: 0,
  chosen: { ...UP, unavailable: [] },
  feed: UP,
  bus: UP,
  store: UP,
  connections: [],
  repair: null,
  webhooks: [],
  workers: null,
  streams: { open: 0, most: 10, cutOff: 0, turnedAway: 0, lagging: 0, resuming: 0 },
  rates: {
    trades: 0,
    liveUpdates: 0,
    closedCandles: 0,
    writtenCandles: 0,
    sentFrames: 0,
    restRequests: 0,
  },
  queued: 0,
  dropped: 0,
  deadLetters: 0,
  memoryBytes: 1,
  cpu: 0,
  lagMs: 0,
};

function board(now: Partial<Operations>, answers = true): string {
  return renderToString(<StatusBoard now={{ ...NOW, ...now }} answers={answers} />);
}

Deno.test("status board - a process that starts has no figures yet, and no fault", () => {
  const html = board({ feed: STARTING, store: STARTING });
  assert.match(html, /data-well="soon" role="status">Starting: waiting for feed and store</);
  assert.equal(html.match(/None yet: the feed is starting\./g)?.length, 2);
  assert.doesNotMatch(html, /This process/);
});

Deno.test("status board - a process that does not ingest says so", () => {
  const html = board({ feed: { state: "off", detail: null } });
  assert.match(html, /data-well="yes" role="status">Everything is running</);
  assert.match(html, /This process has no feed connection\./);
  assert.match(html, /This process does not ingest\./);
});

Deno.test("status board - what is down is a fault although something else starts", () => {
  assert.match(
    board({ feed: STARTING, store: { state: "down", detail: "lost" } }),
    /"no".*Down: store/,
  );
});

Deno.test("status board - once the server does not answer, parts and connections are marked as old", () => {
  assert.doesNotMatch(board({}), /data-old/);
  const html = board({}, false);
  assert.match(html, /data-well="no" role="status">The server does not answer</);
  assert.equal(html.match(/data-old/g)?.length, 2);
});
