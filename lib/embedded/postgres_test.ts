import assert from "node:assert/strict";
import { join } from "node:path";
import postgres from "postgres";
import { ignoreConnectionLossErrors } from "../app/lost_sockets.ts";
import { type EmbeddedPostgres, startPostgres } from "./postgres.ts";
import { installPostgres } from "./postgres_binaries.ts";
import { postgresArguments } from "./postgres_settings.ts";
import { isPortFree } from "./port.ts";
import { TEST_BIN_DIR } from "./test_bin.ts";
import { unprivilegedPrefix } from "./unprivileged.ts";
import { until, within } from "../../tests/harness/wait.ts";

// Slow: each test makes clusters of its own, and a server that hangs is given its real time to end.

const quiet = () => {};

// postgres.js drops a socket that a killed server is about to reset.
Deno.test.beforeAll(() => void ignoreConnectionLossErrors(quiet));

interface Room {
  readonly dataDir: string;
  readonly cluster: string;
  start(progress?: (line: string) => void): Promise<EmbeddedPostgres>;
}

/** Runs a test with a new data directory; whatever was started in it is killed at the end. */
async function inRoom(test: (room: Room) => Promise<void>): Promise<void> {
  const dataDir = await Deno.realPath(await Deno.makeTempDir());
  const started: EmbeddedPostgres[] = [];
  try {
    await test({
      dataDir,
      cluster: join(dataDir, "postgres/cluster"),
      async start(progress = quiet) {
        const server = await startPostgres({ dataDir, binDir: TEST_BIN_DIR, progress });
        started.push(server);
        return server;
      },
    });
  } finally {
    for (const server of started) await server.kill();
    await Deno.remove(dataDir, { recursive: true });
  }
}

async function query(url: string, text: string): Promise<readonly postgres.Row[]> {
  const sql = postgres(url, { max: 1, onnotice: quiet });
  try {
    return [...await sql.unsafe(text)];
  } finally {
    // Without a limit it waits forever for a connection that the server has cut.
    await sql.end({ timeout: 1 });
  }
}

Deno.test("embedded PostgreSQL - PostgreSQL 17 starts with the extension that it reports", async () => {
  await inRoom(async ({ start }) => {
    const server = await start();
    const [version] = await query(server.url, "SHOW server_version_num");
    assert.match(String(version?.server_version_num), /^17/);
    const text = "SELECT FROM pg_available_extensions WHERE name = 'timescaledb'";
    assert.equal((await query(server.url, text)).length, server.timescale ? 1 : 0);
    if (server.timescale) await query(server.url, "CREATE EXTENSION timescaledb");
    assert.deepEqual(await query(server.url, "SHOW fsync"), [{ fsync: "on" }]);
  });
});

Deno.test("PostgreSQL - no client connects without the password, which only the owner may read", async () => {
  await inRoom(async ({ start, dataDir }) => {
    const { url } = await start();
    const wrong = new URL(url);
    wrong.password = "wrong";
    await assert.rejects(query(wrong.href, "SELECT 1"), /password authentication failed/);
    const file = await Deno.stat(join(dataDir, "postgres/connection.json"));
    assert.equal((file.mode ?? 0) & 0o777, 0o600);
    const other = await Deno.readTextFile(join(dataDir, "postgres/server.log"));
    assert.ok(!other.includes(new URL(url).password));
  });
});

Deno.test("embedded PostgreSQL - two clusters of one installation have different passwords and ports", async () => {
  await inRoom(async (one) => {
    await inRoom(async (other) => {
      const [first, second] = await Promise.all([one.start(), other.start()]);
      assert.notEqual(first.port, second.port);
      assert.notEqual(new URL(first.url).password, new URL(second.url).password);
    });
  });
});

Deno.test("embedded PostgreSQL - after a crash the next start has the same URL and every committed row", async () => {
  await inRoom(async ({ start }) => {
    const first = await start();
    await query(first.url, "CREATE TABLE kept AS SELECT 42 AS answer");
    await first.kill();
    const second = await start();
    assert.equal(second.url, first.url);
    assert.deepEqual(await query(second.url, "SELECT answer FROM kept"), [{ answer: 42 }]);
    await second.stop();
    assert.ok(isPortFree(second.port));
  });
});

Deno.test("embedded PostgreSQL - a data directory in use is refused by name, and free again after stop", async () => {
  await inRoom(async ({ start, dataDir }) => {
    const first = await start();
    await assert.rejects(start(), {
      name: "EmbeddedError",
      message: `${dataDir}/postgres is in use by another process: ` +
        "stop that one, or give this one its own DATA_DIR",
    });
    await first.stop();
    await (await start()).stop();
  });
});

Deno.test("embedded PostgreSQL - a pid file whose id now belongs to another process is not an obstacle to either", async () => {
  await inRoom(async ({ start, cluster, dataDir }) => {
    await (await start()).stop();
    const stranger = new Deno.Command("sleep", { args: ["60"], cwd: cluster }).spawn();
    const lines = [stranger.pid, cluster, 1700000000, 5432, "", "127.0.0.1", "  1 2", "ready"];
    await Deno.writeTextFile(join(cluster, "postmaster.pid"), lines.join("\n"));
    const server = await start();
    assert.deepEqual(await query(server.url, "SELECT 1 AS one"), [{ one: 1 }]);
    const state = await Deno.readTextFile(`/proc/${stranger.pid}/stat`);
    assert.match(state, / S /, `the process of another program in ${dataDir} is still running`);
    stranger.kill("SIGKILL");
    await stranger.status;
  });
});

Deno.test("embedded PostgreSQL - a server that a killed process left is stopped, and its port taken over", async () => {
  await inRoom(async ({ start, cluster }) => {
    const first = await start();
    await first.stop();
    const options = { binDir: TEST_BIN_DIR, progress: quiet };
    const { directory, timescale } = await installPostgres(options, first.timescale);
    const [program = "", ...args] = [
      ...await unprivilegedPrefix(cluster),
      join(directory, "bin/postgres"),
      ...["-D", cluster, "-p", String(first.port), ...postgresArguments(timescale)],
    ];
    const settings = { args, cwd: cluster, stderr: "null" } as const;
    const orphan = new Deno.Command(program, settings).spawn();
    await until("the orphan to listen", () => !isPortFree(first.port), { everyMs: 10 });
    const lines: string[] = [];
    const second = await start((line) => lines.push(line));
    assert.equal((await orphan.status).code, 0);
    assert.equal(second.port, first.port);
    assert.ok(lines.includes("PostgreSQL left running by a killed process stopped"));
    assert.deepEqual(await query(second.url, "SELECT 1 AS one"), [{ one: 1 }]);
  });
});

Deno.test("embedded PostgreSQL - a last port that another server has now is left to it", async () => {
  await inRoom(async ({ start }) => {
    const first = await start();
    await first.stop();
    using _other = Deno.listen({ hostname: "127.0.0.1", port: first.port });
    const second = await start();
    assert.notEqual(second.port, first.port);
    assert.deepEqual(await query(second.url, "SELECT 1 AS one"), [{ one: 1 }]);
  });
});

Deno.test("embedded PostgreSQL - stop does not wait for a query, and ends a hanging server as well", async () => {
  await inRoom(async ({ start }) => {
    const busy = await start();
    const sleeping = query(busy.url, "SELECT pg_sleep(60)");
    const cut = assert.rejects(sleeping);
    await query(busy.url, "SELECT 1");
    await within("a server with a query of a minute to stop", busy.stop());
    await cut;
    const hanging = await start();
    Deno.kill(hanging.pid, "SIGSTOP");
    await within("a server that hangs to stop", hanging.stop());
    assert.ok(isPortFree(hanging.port));
  });
});

Deno.test("embedded PostgreSQL - a start that is given up leaves nothing running", async () => {
  await inRoom(async ({ start, dataDir }) => {
    const signal = AbortSignal.abort(new Error("given up"));
    const options = { dataDir, binDir: TEST_BIN_DIR, progress: quiet, signal };
    await assert.rejects(startPostgres(options), { message: "given up" });
    await (await start()).stop();
  });
});

Deno.test("embedded PostgreSQL - a cluster of another version of PostgreSQL is refused by name", async () => {
  await inRoom(async ({ start, cluster }) => {
    await Deno.mkdir(cluster, { recursive: true });
    await Deno.writeTextFile(join(cluster, "PG_VERSION"), "16\n");
    await assert.rejects(start(), {
      name: "EmbeddedError",
      message: `${cluster} is of PostgreSQL 16, not 17: move it away`,
    });
  });
});
