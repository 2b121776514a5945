import assert from "node:assert/strict";
import { startNats, startPostgres } from "./mod.ts";
import { TEST_BIN_DIR } from "./test_bin.ts";
import { until } from "../../tests/harness/wait.ts";

for (const [title, start] of [["NATS", startNats], ["PostgreSQL", startPostgres]] as const) {
  Deno.test(`kept server - ${title} that dies unexpectedly is back on the same port, and stays down when stopped`, async () => {
    const dataDir = await Deno.makeTempDir({ prefix: "spot-canvas-kept-" });
    const server = await start({ dataDir, binDir: TEST_BIN_DIR, progress: () => {} });
    const first = server.pid;
    try {
      Deno.kill(first, "SIGKILL");
      await until("another process", () => server.pid !== first, { everyMs: 20 });
      const connection = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
      connection.close();
    } finally {
      await server.stop();
      await Deno.remove(dataDir, { recursive: true });
    }
    await assert.rejects(Deno.connect({ hostname: "127.0.0.1", port: server.port }));
  });
}
