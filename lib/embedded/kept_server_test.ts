import assert from "node:assert/strict";
import { startNats, startPostgres } from "./mod.ts";
import { TEST_BIN_DIR } from "./test_bin.ts";

for (const [title, start] of [["NATS", startNats], ["PostgreSQL", startPostgres]] as const) {
  Deno.test(`${title} that dies by itself is back on the same port, and stays away when stopped`, async () => {
    const dataDir = await Deno.makeTempDir({ prefix: "spot-canvas-kept-" });
    const server = await start({ dataDir, binDir: TEST_BIN_DIR, progress: () => {} });
    const first = server.pid;
    try {
      Deno.kill(first, "SIGKILL");
      while (server.pid === first) await new Promise((resolve) => setTimeout(resolve, 20));
      const connection = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
      connection.close();
    } finally {
      await server.stop();
      await Deno.remove(dataDir, { recursive: true });
    }
    await assert.rejects(Deno.connect({ hostname: "127.0.0.1", port: server.port }));
  });
}
