import assert from "node:assert/strict";
import { join } from "node:path";
import postgres from "postgres";
import { epochSeconds } from "../../lib/candles/granularity.ts";
import { POSTGRES_NAME, runAlone } from "../../lib/embedded/cluster_template.ts";
import { type EmbeddedPostgres, startPostgres } from "../../lib/embedded/postgres.ts";
import { installPostgres } from "../../lib/embedded/postgres_binaries.ts";
import { clusterPaths, readCluster, writeCluster } from "../../lib/embedded/postgres_cluster.ts";
import { TEST_BIN_DIR } from "../../lib/embedded/test_bin.ts";
import { openStore } from "../../lib/store/store.ts";
import { sampleCandle } from "../sample_candles.ts";
import { newDirectory } from "../servers.ts";
import { runPostgresProgram } from "./postgres_programs.ts";

const QUIET = { info() {}, warn() {}, error() {} };
const OPTIONS = { binDir: TEST_BIN_DIR, progress: () => {} };
const DAY = 86_400;
const { start: FIRST, productId } = sampleCandle();
const DAYS = 40;

function day(index: number) {
  return sampleCandle({
    start: epochSeconds(FIRST + index * DAY),
    firstTradeId: 10 * index + 1,
    lastTradeId: 10 * index + 10,
    trades: 10,
  });
}

async function rows(url: string, statement: string): Promise<readonly postgres.Row[]> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    return [...await sql.unsafe(statement)];
  } finally {
    await sql.end({ timeout: 1 });
  }
}

async function fill(url: string): Promise<void> {
  await using store = await openStore(url, { log: QUIET });
  await store.ready();
  const days = Array.from({ length: DAYS }, (_, index) => day(index));
  assert.equal(await store.candles.upsert(days), DAYS);
}

/** What a database has: TimescaleDB and its chunks, and every candle. */
async function contents(url: string) {
  await using store = await openStore(url, { log: QUIET });
  await store.ready();
  const { hypertable, candles } = await store.storage();
  const query = { productId, granularity: "ONE_MINUTE", limit: 1000 } as const;
  return { hypertable, candles, page: await store.candles.page(query) };
}

/** Dumps the server's database, restores it into others, as archive and as text, and writes on there. */
async function assertRoundTrip({ url, timescale }: EmbeddedPostgres): Promise<void> {
  const before = await contents(url);
  assert.equal(before.page.length, DAYS);
  assert.equal(before.hypertable !== null, timescale);
  const folder = await newDirectory();
  const [archive, text] = [join(folder, "spot-canvas.dump"), join(folder, "spot-canvas.sql")];
  await runPostgresProgram("pg_dump", ["-Fc", "-f", archive, url]);
  await runPostgresProgram("pg_dump", ["-f", text, url]);
  for (const [name, file] of Object.entries({ archive, text })) {
    await rows(url, `CREATE DATABASE from_${name} TEMPLATE template0`);
    const copy = new URL(url);
    copy.pathname = `/from_${name}`;
    const { href } = copy;
    if (file === archive) {
      await runPostgresProgram("pg_restore", ["--exit-on-error", "-d", href, file]);
    } else {
      await runPostgresProgram("psql", ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", file, href]);
    }
    assert.deepEqual(await contents(href), before, name);
    await using store = await openStore(href, { log: QUIET });
    await store.ready();
    const more = [day(DAYS - 1), day(DAYS), day(DAYS + 60)];
    assert.equal(await store.candles.upsert(more), 2, "what is stored already stays");
    assert.equal((await store.storage()).candles, DAYS + 2);
  }
}

async function extensionId(url: string): Promise<number | null> {
  const [row] = await rows(url, "SELECT oid FROM pg_extension WHERE extname = 'timescaledb'");
  return row?.oid ?? null;
}

Deno.test("pg_dump - a dump of the embedded database is restored with its hypertable and every candle", async () => {
  const server = await startPostgres({ dataDir: await newDirectory(), ...OPTIONS });
  try {
    await fill(server.url);
    await assertRoundTrip(server);
  } finally {
    await server.stop();
  }
});

Deno.test("pg_dump - a cluster whose extension counts as part of the server is put right at its next start", async () => {
  const dataDir = await newDirectory();
  const home = join(dataDir, "postgres");
  const empty = await startPostgres({ dataDir, ...OPTIONS });
  await empty.stop();
  if (empty.timescale) {
    const binaries = await installPostgres(OPTIONS, true);
    const sql = "CREATE EXTENSION timescaledb";
    await runAlone(binaries, clusterPaths(home).data, POSTGRES_NAME, sql);
  }
  const earlier = await startPostgres({ dataDir, ...OPTIONS });
  // Plain PostgreSQL, without TimescaleDB, has nothing to put right.
  if (earlier.timescale) assert.ok(Number(await extensionId(earlier.url)) < 16_384);
  await fill(earlier.url);
  await earlier.stop();
  const record = await readCluster(home);
  assert.ok(record !== null);
  await writeCluster(home, { ...record, dumpable: false });
  const server = await startPostgres({ dataDir, ...OPTIONS });
  try {
    if (server.timescale) assert.ok(Number(await extensionId(server.url)) >= 16_384);
    assert.equal((await readCluster(home))?.dumpable, true);
    await assertRoundTrip(server);
  } finally {
    await server.stop();
  }
});
