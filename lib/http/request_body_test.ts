import assert from "node:assert/strict";
import { FakeClock } from "../time/fake_clock.ts";
import { BodyRefusal, readBody } from "./request_body.ts";

const LIMITS = { maxBytes: 10, timeoutMs: 5000 };

/** A request whose body the test sends piece by piece. */
function slowRequest() {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  writer.closed.catch(() => {});
  const request = new Request("http://localhost/", { method: "POST", body: readable });
  return { request, writer };
}

Deno.test("request body - what comes in time is read whole, and no timer is left", async () => {
  const clock = new FakeClock();
  const { request, writer } = slowRequest();
  const read = readBody(request, LIMITS, clock);
  await writer.write(new Uint8Array([1, 2]));
  await clock.pass(4999);
  await writer.write(new Uint8Array([3]));
  await writer.close();
  assert.deepEqual([...await read], [1, 2, 3]);
  assert.equal(clock.timers, 0);
});

Deno.test("request body - a body that comes a byte at a time is not waited for", async () => {
  const clock = new FakeClock();
  const { request, writer } = slowRequest();
  const read = readBody(request, LIMITS, clock);
  const refused = assert.rejects(
    read,
    (error) => error instanceof BodyRefusal && error.status === 408,
  );
  for (let second = 0; second < 5; second++) {
    await writer.write(new Uint8Array([1])).catch(() => {});
    await clock.pass(1000);
  }
  await refused;
  assert.equal(clock.timers, 0);
});

Deno.test("request body - one byte too many is refused before the rest comes", async () => {
  const clock = new FakeClock();
  const { request, writer } = slowRequest();
  const read = readBody(request, LIMITS, clock);
  void writer.write(new Uint8Array(11)).catch(() => {});
  await assert.rejects(read, (error) => error instanceof BodyRefusal && error.status === 413);
  assert.equal(clock.timers, 0);
});

Deno.test("request body - a request without one has an empty one", async () => {
  const bytes = await readBody(new Request("http://localhost/"), LIMITS, new FakeClock());
  assert.equal(bytes.length, 0);
});

Deno.test("request body - a real client that sends a byte now and then is answered 408", async () => {
  await using server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    (request) =>
      readBody(request, { maxBytes: 100, timeoutMs: 50 }).then(
        () => new Response("read"),
        (error) =>
          new Response(null, { status: error instanceof BodyRefusal ? error.status : 500 }),
      ),
  );
  using connection = await Deno.connect({ hostname: "127.0.0.1", port: server.addr.port });
  const head = "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 90\r\nconnection: close\r\n\r\na";
  await connection.write(new TextEncoder().encode(head));
  const buffer = new Uint8Array(64);
  const size = await connection.read(buffer);
  assert.match(new TextDecoder().decode(buffer.subarray(0, size ?? 0)), /^HTTP\/1\.1 408 /);
});
