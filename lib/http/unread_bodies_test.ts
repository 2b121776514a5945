import assert from "node:assert/strict";
import { FakeClock } from "../time/fake_clock.ts";
import { UnreadBodies } from "./unread_bodies.ts";

const KILOBYTE = 1024;
const LIMITS = { totalBytes: 1000 * KILOBYTE, bytesPerAddress: 500 * KILOBYTE, unreadMs: 30_000 };

function text(kilobytes: number): string {
  return "0123456789abcdef".repeat(kilobytes * 64);
}

/** Whether a body can be read to its proper end. */
async function isWhole(response: Response): Promise<boolean> {
  return await response.bytes().then(() => true, () => false);
}

Deno.test("unread bodies - a short answer is passed on and not watched", async () => {
  const clock = new FakeClock();
  const bodies = new UnreadBodies(LIMITS, clock);
  const headers = { "content-type": "text/html", etag: '"a"' };
  const response = await bodies.hold(new Response(text(64), { status: 201, headers }), "a");
  assert.equal(bodies.bytes, 0);
  assert.equal(response.status, 201);
  assert.equal(response.headers.get("etag"), '"a"');
  assert.equal(response.headers.get("content-type"), "text/html");
  assert.equal(await response.text(), text(64));
  const empty = new Response(null, { status: 304 });
  assert.equal(await bodies.hold(empty, "a"), empty);
  assert.equal(clock.timers, 0);
});

Deno.test("unread bodies - a long answer is the same bytes with its length, and forgotten when read", async () => {
  const clock = new FakeClock();
  const bodies = new UnreadBodies(LIMITS, clock);
  const response = await bodies.hold(new Response(text(300)), "a");
  assert.equal(bodies.bytes, 300 * KILOBYTE);
  assert.equal(response.headers.get("content-length"), `${300 * KILOBYTE}`);
  assert.equal(await response.text(), text(300));
  assert.equal(bodies.bytes, 0);
  assert.equal(bodies.cut, 0);
  assert.equal(clock.timers, 0);
});

Deno.test("unread bodies - a stream goes through piece by piece, as it is read", async () => {
  const bodies = new UnreadBodies(LIMITS, new FakeClock());
  let made = 0;
  const source = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (made === 50) return controller.close();
      made++;
      controller.enqueue(new Uint8Array(30 * KILOBYTE).fill(made));
    },
  }, { highWaterMark: 0 });
  const response = await bodies.hold(new Response(source), "a");
  assert.equal(response.headers.get("content-length"), null);
  assert.ok(made <= 2, `${made} made before anything was read`);
  const bytes = await response.bytes();
  assert.equal(bytes.length, 50 * 30 * KILOBYTE);
  assert.equal(bytes.at(-1), 50);
  assert.equal(bodies.bytes, 0);
});

Deno.test("unread bodies - a client that reads nothing for half a minute is cut off, a slow one is not", async () => {
  const clock = new FakeClock();
  const bodies = new UnreadBodies(LIMITS, clock);
  const idle = await bodies.hold(new Response(text(300)), "a");
  const slow = await bodies.hold(new Response(text(300)), "b");
  const idleReader = idle.body?.getReader();
  const slowReader = slow.body?.getReader();
  await idleReader?.read();
  let read = (await slowReader?.read())?.value?.length ?? 0;
  for (let times = 0; times < 4; times++) {
    await clock.pass(20_000);
    read += (await slowReader?.read())?.value?.length ?? 0;
  }
  assert.equal(read, 300 * KILOBYTE);
  assert.equal(bodies.cut, 1);
  await assert.rejects(idleReader?.read() ?? Promise.resolve());
  assert.equal(bodies.bytes, 0);
  assert.equal(clock.timers, 0);
});

Deno.test("unread bodies - an answer that its client never begins to read is cut off too", async () => {
  const clock = new FakeClock();
  const bodies = new UnreadBodies(LIMITS, clock);
  const response = await bodies.hold(new Response(text(300)), "a");
  await clock.pass(LIMITS.unreadMs);
  assert.equal(bodies.cut, 1);
  assert.equal(bodies.bytes, 0);
  assert.equal(await isWhole(response), false);
});

Deno.test("unread bodies - an address that reads nothing loses its own oldest answer, others none", async () => {
  const bodies = new UnreadBodies(LIMITS, new FakeClock());
  const other = await bodies.hold(new Response(text(200)), "b");
  const own: Response[] = [];
  for (let times = 0; times < 4; times++) {
    own.push(await bodies.hold(new Response(text(200)), "a"));
    assert.ok(bodies.bytes <= LIMITS.totalBytes);
  }
  assert.equal(bodies.cut, 2);
  assert.deepEqual(await Promise.all(own.map(isWhole)), [false, false, true, true]);
  assert.ok(await isWhole(other));
});

Deno.test("unread bodies - of many addresses, the one that has read nothing for longest is cut off first", async () => {
  const bodies = new UnreadBodies(LIMITS, new FakeClock());
  const first = await bodies.hold(new Response(text(200)), "0");
  const reader = first.body?.getReader();
  const others: Response[] = [];
  for (let address = 1; address <= 7; address++) {
    others.push(await bodies.hold(new Response(text(200)), `${address}`));
    await reader?.read();
    assert.ok(bodies.bytes <= LIMITS.totalBytes);
  }
  const whole = await Promise.all(others.map(isWhole));
  assert.equal(whole.filter((one) => !one).length, bodies.cut);
  assert.equal(whole[0], false, "the first that was never read");
  assert.ok(whole.at(-1));
});

Deno.test("unread bodies - a client that leaves frees what waited for it", async () => {
  const clock = new FakeClock();
  const bodies = new UnreadBodies(LIMITS, clock);
  const response = await bodies.hold(new Response(text(300)), "a");
  await response.body?.cancel();
  assert.equal(bodies.bytes, 0);
  assert.equal(clock.timers, 0);
});

Deno.test("unread bodies - a failing source fails the body, and nothing is kept", async () => {
  const clock = new FakeClock();
  const bodies = new UnreadBodies(LIMITS, clock);
  let made = 0;
  const source = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (++made > 3) throw new Error("the database went away");
      controller.enqueue(new Uint8Array(30 * KILOBYTE));
    },
  }, { highWaterMark: 0 });
  const response = await bodies.hold(new Response(source), "a");
  await assert.rejects(response.bytes(), /went away/);
  assert.equal(bodies.bytes, 0);
  assert.equal(clock.timers, 0);
});

Deno.test("unread bodies - one that is abandoned while more of it is made holds nothing afterwards", async () => {
  const clock = new FakeClock();
  const turn = Promise.withResolvers<void>();
  const bodies = new UnreadBodies(LIMITS, clock, () => turn.promise);
  const source = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new Uint8Array(30 * KILOBYTE)),
  }, { highWaterMark: 0 });
  const reader = (await bodies.hold(new Response(source), "a")).body?.getReader();
  await reader?.read();
  await reader?.read();
  const next = reader?.read();
  await reader?.cancel();
  turn.resolve();
  await next;
  await clock.pass(LIMITS.unreadMs);
  assert.equal(bodies.bytes, 0);
  assert.equal(bodies.cut, 0);
  assert.equal(clock.timers, 0);
});
