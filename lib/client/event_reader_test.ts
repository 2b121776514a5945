import assert from "node:assert/strict";
import { EventReader } from "./event_reader.ts";

const STREAM = 'retry: 2000\n\n: keep-alive\n\nevent: candle\ndata: {"a":1}\n\nid: 7\n\n' +
  'id: 8\nevent: reset\ndata: {"b":"ü"}\n\ndata: one\ndata: two\n\n';

Deno.test("event reader - wherever a stream is cut into pieces, the same events come of it", () => {
  for (let at = 0; at <= STREAM.length; at++) {
    const reader = new EventReader();
    const events = [STREAM.slice(0, at), STREAM.slice(at)].flatMap((piece) => reader.read(piece));
    assert.deepEqual(events, [
      { type: "candle", data: '{"a":1}' },
      { type: "reset", data: '{"b":"ü"}' },
      { type: "message", data: "one\ntwo" },
    ]);
    assert.deepEqual([reader.lastId, reader.retryMs], ["8", 2000]);
  }
});

Deno.test("event reader - an id without data is remembered, and a block that is cut short is not", () => {
  const reader = new EventReader();
  assert.deepEqual(reader.read("id: 7\n\nid: 8\nevent: candle\ndata: x\n"), []);
  assert.equal(reader.lastId, "7");
});
