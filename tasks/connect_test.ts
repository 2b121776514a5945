import assert from "node:assert/strict";
import { connect } from "@nats-io/transport-node";
import postgres from "postgres";
import { READER_PERMISSIONS, READER_USER } from "../lib/bus/reader_permissions.ts";
import { startEmbedded } from "../lib/embedded/mod.ts";
import { TEST_BIN_DIR } from "../lib/embedded/test_bin.ts";
import { openStore } from "../lib/store/store.ts";
import { newDirectory } from "../tests/servers.ts";
import { main } from "./connect.ts";

async function printed(args: readonly string[], env: Record<string, string>) {
  const lines: string[] = [];
  const code = await main(args, env, (line) => lines.push(line));
  return { code, lines };
}

Deno.test("connect - the URLs that it prints are of the running servers, and may only read", async () => {
  const dataDir = await newDirectory();
  const before = await printed([], { DATA_DIR: dataDir });
  assert.equal(before.code, 1);
  assert.match(
    before.lines.join("\n"),
    /No PostgreSQL of ours runs in .*\nNo NATS of ours runs in/,
  );
  const servers = await startEmbedded({
    dataDir,
    binDir: TEST_BIN_DIR,
    needPostgres: true,
    needNats: true,
    progress: () => {},
    natsReader: { user: READER_USER, permissions: READER_PERMISSIONS },
  });
  try {
    await using store = await openStore(servers.databaseUrl ?? "", {
      log: { info() {}, warn() {}, error() {} },
      readerPassword: servers.postgres?.readerPassword,
    });
    await store.ready();
    const { code, lines } = await printed([], { DATA_DIR: dataDir });
    assert.equal(code, 0, lines.join("\n"));
    const urls = lines.map((line) => /only to read: (\S+)$/.exec(line)?.[1] ?? "");
    const sql = postgres(urls[0] ?? "", { max: 1 });
    assert.equal((await sql`SELECT FROM candles`).length, 0);
    await assert.rejects(sql`DELETE FROM candles`, /read-only|permission denied/);
    await sql.end();
    const { host, username, password } = new URL(urls[1] ?? "");
    const nats = await connect({ servers: host, user: username, pass: password });
    nats.subscribe("candles.>");
    await nats.flush();
    await nats.close();
    const all = await printed(["--all"], { DATA_DIR: dataDir });
    assert.equal(all.lines[1], `PostgreSQL, with every right: ${servers.databaseUrl}`);
    assert.equal(all.lines[3], `NATS, with every right: ${servers.natsUrl}`);
    assert.ok(!lines.join("\n").includes(new URL(servers.databaseUrl ?? "").password));
  } finally {
    await servers.close();
  }
});

Deno.test("connect - of servers of one's own it prints how to get a login, and never a password", async () => {
  const { code, lines } = await printed(["--all"], {
    DATABASE_URL: "postgres://spot:secret@db.example:5432/spot",
    NATS_URL: "nats://user:secret@nats.example:4222",
  });
  assert.equal(code, 0);
  assert.match(lines[0] ?? "", /spot@db\.example:5432\/spot.*IN ROLE spot_canvas_reader/);
  assert.match(lines[1] ?? "", /nats\.example:4222.*docs\/data\.md/);
  assert.doesNotMatch(lines.join("\n"), /secret/);
  assert.equal((await printed(["--everything"], {})).code, 2);
});
