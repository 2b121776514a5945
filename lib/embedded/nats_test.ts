import assert from "node:assert/strict";
import { join } from "node:path";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connect, type NatsConnection } from "@nats-io/transport-node";
import { type EmbeddedNats, startNats } from "./nats.ts";
import { isPortFree } from "./port.ts";
import { TEST_BIN_DIR } from "./test_bin.ts";
import { within } from "../../tests/harness/wait.ts";

const quiet = () => {};

async function inRoom(
  test: (
    start: (port?: number) => Promise<EmbeddedNats>,
    dataDir: string,
  ) => Promise<void>,
): Promise<void> {
  const dataDir = await Deno.realPath(await Deno.makeTempDir());
  const started: EmbeddedNats[] = [];
  try {
    await test(async (port) => {
      const server = await startNats({ dataDir, binDir: TEST_BIN_DIR, port, progress: quiet });
      started.push(server);
      return server;
    }, dataDir);
  } finally {
    for (const server of started) await server.kill();
    await Deno.remove(dataDir, { recursive: true });
  }
}

async function connectTo(url: string): Promise<NatsConnection> {
  const { host, username, password } = new URL(url);
  return await connect({ servers: host, user: username, pass: password, reconnect: false });
}

/** The answer to a client without a password. */
async function answerToAStranger(port: number): Promise<string> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const buffer = new Uint8Array(4096);
  await connection.read(buffer);
  await connection.write(new TextEncoder().encode("CONNECT {}\r\nPING\r\n"));
  return new TextDecoder().decode(buffer.subarray(0, await connection.read(buffer) ?? 0));
}

Deno.test("embedded NATS - a message in a stream survives a crash, on the same URL", async () => {
  await inRoom(async (start) => {
    const first = await start();
    const before = await connectTo(first.url);
    const manager = await jetstreamManager(before);
    await manager.streams.add({ name: "KEPT", subjects: ["kept"] });
    await jetstream(before).publish("kept", "still here");
    await first.kill();
    await before.closed();
    const second = await start(first.port);
    assert.equal(second.url, first.url);
    const after = await connectTo(second.url);
    const message = await (await jetstreamManager(after)).streams.getMessage("KEPT", { seq: 1 });
    assert.equal(message?.string(), "still here");
    await after.close();
    await within("a server to stop", second.stop());
    assert.ok(isPortFree(second.port));
  });
});

Deno.test("NATS - no client connects without the password, which only the owner may read", async () => {
  await inRoom(async (start, dataDir) => {
    const { url, port, pid } = await start();
    const { password } = new URL(url);
    assert.match(await answerToAStranger(port), /-ERR 'Authorization Violation'/);
    for (const name of ["nats.conf", "connection.json"]) {
      const file = await Deno.stat(join(dataDir, "nats", name));
      assert.equal((file.mode ?? 0) & 0o777, 0o600);
    }
    assert.ok(!(await Deno.readTextFile(`/proc/${pid}/cmdline`)).includes(password));
    assert.ok(!(await Deno.readTextFile(join(dataDir, "nats/server.log"))).includes(password));
  });
});

Deno.test("embedded NATS - several servers run side by side, but only one in a data directory", async () => {
  await inRoom(async (startOne, dataDir) => {
    await inRoom(async (startOther) => {
      const [one, other] = await Promise.all([startOne(), startOther()]);
      assert.notEqual(one.port, other.port);
      await assert.rejects(startOne(), {
        name: "EmbeddedError",
        message: `${dataDir}/nats is in use by another process: ` +
          "stop that one, or give this one its own DATA_DIR",
      });
    });
  });
});

Deno.test("embedded NATS - a requested port that is taken is an error of one line that names it", async () => {
  await inRoom(async (start) => {
    using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    await assert.rejects(start(taken.addr.port), (error: Error) => {
      assert.equal(error.name, "EmbeddedError");
      assert.match(error.message, /address already in use.*NATS_URL/);
      assert.ok(!error.message.includes("\n"));
      return true;
    });
  });
});
