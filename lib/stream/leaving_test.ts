import assert from "node:assert/strict";
import { ClosedLog } from "../../tests/closed_log.ts";
import { ALL, minute, withHub } from "../../tests/hub_set_up.ts";
import { SseReader } from "../../tests/sse_reader.ts";
import type { Hub } from "./hub.ts";
import { until } from "../../tests/harness/wait.ts";

const STAYING = 100;
const LEAVING = 100;
/**
 * The id of the last closed candle: one exists, one comes for each client that leaves, and one
 * when all have left.
 */
const LAST = LEAVING + 2;

Deno.test("leaving clients - clients that leave during a write cost the others no candle", async () => {
  const log = new ClosedLog();
  log.append(minute(0));
  await withHub(log, (hub) =>
    withServer(hub, async (port) => {
      const leaving = await openAll(port, LEAVING);
      const staying = await openAll(port, STAYING);
      const readings = staying.map((connection) => readClosed(connection));
      for (const connection of leaving) {
        connection.close();
        hub.deliver([log.append(minute(Number(log.last)))]);
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      await until("the others to be gone", () => hub.stats().clients <= STAYING, { everyMs: 5 });
      hub.deliver([log.append(minute(LAST))]);
      const all = Array.from({ length: LAST - 1 }, (_, n) => n + 2);
      for (const reading of readings) assert.deepEqual(await reading, all);
      for (const connection of staying) connection.close();
    }));
});

Deno.test("leaving clients - a hub that is closed sends every client a retry time, even if others leave during it", async () => {
  const log = new ClosedLog();
  await withHub(log, (hub) =>
    withServer(hub, async (port) => {
      const leaving = await openAll(port, LEAVING);
      const staying = await openAll(port, STAYING);
      const readings = staying.map((connection) => readRetries(connection));
      for (const connection of leaving) connection.close();
      const closed = hub.close();
      assert.equal(hub.stats().clients, 0);
      // The greeting's, and the one with which it ends.
      for (const reading of readings) assert.equal(await reading, 2);
      await closed;
    }));
});

/** Only the HTTP server cancels a body from within a write to it. */
async function withServer(hub: Hub, use: (port: number) => Promise<void>): Promise<void> {
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, () => {
    const subscription = { ...ALL, closedOnly: true };
    const answer = hub.connect({ subscription, lastEventId: null, address: "a" });
    return answer.kind === "stream" ? new Response(answer.body) : new Response(null);
  });
  try {
    await use(server.addr.port);
  } finally {
    await hub.close();
    await server.shutdown();
  }
}

/** Connections on which a stream has begun. */
function openAll(port: number, count: number): Promise<Deno.TcpConn[]> {
  return Promise.all(Array.from({ length: count }, async () => {
    const connection = await Deno.connect({ port, hostname: "127.0.0.1" });
    await connection.write(new TextEncoder().encode("GET / HTTP/1.0\r\n\r\n"));
    await connection.read(new Uint8Array(1000));
    return connection;
  }));
}

/** The ids of the closed candles that come, up to the last. */
async function readClosed(connection: Deno.TcpConn): Promise<number[]> {
  const reader = new SseReader(connection.readable);
  await reader.readUntil(({ lastEventId }) => lastEventId === `${LAST}`);
  return reader.events.map(({ id }) => Number(id));
}

/** The number of blocks with a retry time, until the end. */
async function readRetries(connection: Deno.TcpConn): Promise<number> {
  const text = await new Response(connection.readable).text();
  return text.split("retry:").length;
}
