import assert from "node:assert/strict";
import { timely } from "../../tests/harness/wait.ts";
import { decimal } from "../candles/decimal.ts";
import { productId } from "../candles/product.ts";
import type { FeedEvent } from "../exchange/feed_event.ts";
import { FakeClock } from "../time/fake_clock.ts";
import { FeedQueue } from "./feed_queue.ts";
import { QuietLog, silentLog } from "./quiet_log.ts";

const BTC = productId("BTC-USD");
const TRADE = {
  productId: BTC,
  tradeId: 1,
  price: decimal("1"),
  size: decimal("1"),
  side: "BUY",
  timeMs: 0,
} as const;
const LOSS: FeedEvent = { kind: "loss", connection: 1, products: [BTC], reason: "overflow" };

function setUp(capacity: number) {
  const queue = new FeedQueue(capacity, new QuietLog(silentLog, new FakeClock()));
  const emit = (event: FeedEvent) => queue.emit(event, [BTC]);
  const rest = async () => {
    queue.end();
    return await Array.fromAsync(timely("the rest", queue));
  };
  return { queue, emit, rest };
}

function heartbeat(timeMs: number): FeedEvent {
  return { kind: "heartbeat", connection: 1, timeMs, products: [BTC] };
}

function trades(count: number, timestampMs = 0): FeedEvent {
  const list = Array.from({ length: count }, () => TRADE);
  return { kind: "trades", connection: 1, snapshot: false, timestampMs, trades: list };
}

Deno.test("feed queue - events come out in the order they went in, also past a cut of the consumed ones", async () => {
  const { queue, emit, rest } = setUp(10_000);
  for (let i = 0; i < 3000; i++) emit(heartbeat(i));
  for (let i = 0; i < 2000; i++) assert.deepEqual((await queue.next()).value, heartbeat(i));
  for (let i = 3000; i < 4000; i++) emit(heartbeat(i));
  assert.deepEqual(await rest(), Array.from({ length: 2000 }, (_, i) => heartbeat(i + 2000)));
  assert.equal(queue.waiting, 0);
});

Deno.test("feed queue - a reader that waits gets the next event, and the end", async () => {
  const { queue, emit } = setUp(1);
  const first = queue.next();
  emit(heartbeat(1));
  assert.deepEqual(await first, { value: heartbeat(1), done: false });
  const last = queue.next();
  queue.end();
  assert.equal((await last).done, true);
  assert.equal((await queue.next()).done, true);
});

Deno.test("feed queue - trades that do not fit are counted, and the reader gets one loss until others fit", async () => {
  const { queue, emit, rest } = setUp(10);
  emit(trades(6));
  emit(trades(5));
  emit(trades(5));
  emit(heartbeat(1));
  assert.equal(queue.overflowed, 10);
  assert.equal(queue.losses.overflow, 1);
  await queue.next();
  emit(trades(8, 2));
  emit(trades(1));
  assert.equal(queue.losses.overflow, 2, "after trades that fitted it is reported again");
  assert.deepEqual(await rest(), [LOSS, heartbeat(1), trades(8, 2), LOSS]);
});

Deno.test("feed queue - a full queue takes what happens to connections, and no heartbeat", async () => {
  const { emit, rest } = setUp(3);
  const closed: FeedEvent = { kind: "connection", connection: 1, state: "closed", products: [BTC] };
  emit(trades(3));
  emit(heartbeat(1));
  emit(closed);
  assert.deepEqual(await rest(), [trades(3), closed]);
});

Deno.test("feed queue - trades heavier than the whole queue pass when nothing waits", async () => {
  const { queue, emit, rest } = setUp(10);
  emit(trades(50));
  emit(trades(1));
  assert.equal(queue.overflowed, 1);
  assert.deepEqual(await rest(), [trades(50), LOSS]);
});

Deno.test("feed queue - after the end nothing goes in", async () => {
  const { queue, emit } = setUp(10);
  queue.end();
  emit(heartbeat(1));
  assert.equal((await queue.next()).done, true);
});
