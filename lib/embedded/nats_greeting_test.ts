import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { until } from "../../tests/harness/wait.ts";
import { FakeClock } from "../time/fake_clock.ts";
import { greets, NATS_NAME } from "./nats_greeting.ts";

/**
 * Whether a server greets that does this with a connection, by a clock that advances while the
 * result is awaited.
 */
async function greeted(
  accept: (socket: Socket) => void,
  pass: (clock: FakeClock) => Promise<void> = () => Promise.resolve(),
): Promise<boolean> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    accept(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  assert.ok(address !== null && typeof address === "object");
  const clock = new FakeClock();
  try {
    const greeting = greets(NATS_NAME, address.port, 1_000, clock);
    await pass(clock);
    return await greeting;
  } finally {
    assert.equal(clock.timers, 0, "no timer is left that would close a closed connection");
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, "close");
  }
}

Deno.test("NATS greeting - a server of ours is known by its name, another is not", async () => {
  assert.equal(
    await greeted((socket) => socket.write(`INFO {"server_name":"spot-canvas-1"}`)),
    true,
  );
  assert.equal(await greeted((socket) => socket.write(`INFO {"server_name":"another"}`)), false);
});

Deno.test("NATS greeting - a server that closes or resets the connection is not ours", async () => {
  assert.equal(await greeted((socket) => socket.end()), false);
  assert.equal(await greeted((socket) => void socket.resetAndDestroy()), false);
});

Deno.test("NATS greeting - a server that sends nothing for a second is not ours", async () => {
  const silent = greeted(() => {}, async (clock) => {
    await until("the wait", () => clock.timers === 1);
    await clock.pass(1_000);
  });
  assert.equal(await silent, false);
});
