import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import { withServers } from "../../tests/servers.ts";
import { main } from "../../tasks/migrate.ts";
import { type Database, openDatabase } from "./database.ts";
import { parseDatabaseUrl } from "./database_url.ts";
import { parseMigration, readMigrations } from "./migration_files.ts";
import { migrate } from "./migrations.ts";
import { openStore } from "./store.ts";

const SILENT = { info() {}, warn() {}, error() {} };

function open(url: string): Database & AsyncDisposable {
  const database = openDatabase(parseDatabaseUrl(url), { connections: 2, statementTimeoutMs: 0 });
  return Object.assign(database, { [Symbol.asyncDispose]: () => database.end() });
}

async function tablesOf(database: Database): Promise<string[]> {
  const rows = await database<{ name: string }[]>`SELECT table_name AS name
    FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1`;
  return rows.map(({ name }) => name);
}

/** Creates a directory with these files. */
async function directoryOf(files: Readonly<Record<string, string>>) {
  const path = await Deno.makeTempDir();
  const write = async (more: Readonly<Record<string, string>>) => {
    for (const [name, text] of Object.entries(more)) {
      await Deno.writeTextFile(`${path}/${name}`, text);
    }
  };
  await write(files);
  return {
    url: pathToFileURL(`${path}/`),
    write,
    [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }),
  };
}

const ONE = "-- up\nCREATE TABLE one (id int);\n-- down\nDROP TABLE one;\n";

Deno.test(
  "migrations - migrations go up once, down one by one to nothing, and up again",
  withServers(async ({ database }) => {
    await using db = open(await database());
    const count = (await readMigrations()).length;
    const up = await migrate(db, "up");
    assert.ok(up.length === count && up.every(({ appliedAt }) => appliedAt !== null));
    assert.deepEqual(await migrate(db, "up"), up);
    assert.deepEqual(await tablesOf(db), [
      "audits",
      "backfills",
      "candles",
      "dead_letters",
      "disagreements",
      "doubts",
      "gaps",
      "imports",
      "migrations",
      "products",
      "store_mark",
    ]);
    for (let left = count - 1; left >= 0; left--) {
      const status = await migrate(db, "down");
      assert.equal(status.filter(({ appliedAt }) => appliedAt !== null).length, left);
    }
    assert.deepEqual(await tablesOf(db), ["migrations"]);
    assert.equal((await migrate(db, "up")).at(-1)?.appliedAt === null, false);
  }),
);

Deno.test(
  "migrations - with TimescaleDB candles are a hypertable in weeks; reverting and applying it keeps them",
  withServers(async ({ database }) => {
    const url = await database();
    await using store = await openStore(url, { log: SILENT });
    await store.ready();
    await using db = open(url);
    const [available] = await db`SELECT FROM pg_available_extensions WHERE name = 'timescaledb'`;
    const { hypertable } = await store.storage();
    assert.equal(hypertable !== null, available !== undefined);
    if (hypertable === null) return;
    const [chunks] = await db`SELECT time_interval::text AS width
      FROM timescaledb_information.dimensions WHERE hypertable_name = 'candles'`;
    assert.equal(chunks?.width, "7 days");
    await db`INSERT INTO candles SELECT 'BTC-USD', 'ONE_DAY', day, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
      true, 0 FROM generate_series('2026-01-01'::timestamptz, '2026-03-01', '1 day') AS day`;
    // An open store would apply again what it misses.
    await store.close();
    const all = await migrate(db, "status");
    for (let taken = 1; taken < all.length; taken++) await migrate(db, "down");
    assert.equal((await migrate(db, "status"))[1]?.appliedAt, null);
    await migrate(db, "up");
    const [held] = await db`SELECT count(*)::int AS count FROM candles`;
    assert.equal(held?.count, 60);
  }),
);

Deno.test(
  "migrations - without TimescaleDB everything works on an ordinary table, which is logged once",
  withServers(async ({ database }) => {
    const url = await database();
    const lines: string[] = [];
    const log = {
      ...SILENT,
      info: (_: string, { line }: Record<string, unknown> = {}) => void lines.push(`${line}`),
    };
    await using store = await openStore(url, { log, timescale: false });
    await store.ready();
    assert.equal((await store.storage()).hypertable, null);
    assert.equal(lines.filter((line) => line.includes("ordinary table")).length, 1);
    await using db = open(url);
    assert.deepEqual(await tablesOf(db), [
      "audits",
      "backfills",
      "candles",
      "dead_letters",
      "disagreements",
      "doubts",
      "gaps",
      "imports",
      "migrations",
      "products",
      "store_mark",
    ]);
  }),
);

Deno.test(
  "migrations - processes that migrate concurrently do it once",
  withServers(async ({ database }) => {
    const url = await database();
    await using first = open(url);
    await using second = open(url);
    const [a, b] = await Promise.all([migrate(first, "up"), migrate(second, "up")]);
    assert.deepEqual(a, b);
  }),
);

Deno.test(
  "migrations - a file that changed after it was applied stops everything with one line",
  withServers(async ({ database }) => {
    await using db = open(await database());
    await using directory = await directoryOf({ "0001_one.sql": ONE });
    await migrate(db, "up", { directory: directory.url });
    await directory.write({
      "0001_one.sql": ONE.replace("id int", "id bigint"),
      "0002_two.sql": "-- up\nCREATE TABLE two ();\n-- down\nDROP TABLE two;\n",
    });
    await assert.rejects(migrate(db, "up", { directory: directory.url }), (error) => {
      assert.ok(error instanceof Error && !error.message.includes("\n"));
      assert.match(error.message, /^migration 0001_one has changed since it was applied on 20/);
      return true;
    });
    assert.deepEqual(await tablesOf(db), ["migrations", "one"]);
  }),
);

Deno.test(
  "migrations - a migration that fails leaves no trace, and those before it stay",
  withServers(async ({ database }) => {
    await using db = open(await database());
    await using directory = await directoryOf({
      "0001_one.sql": ONE,
      "0002_two.sql": "-- up\nCREATE TABLE two (); SELECT 1 / 0;\n-- down\nDROP TABLE two;\n",
    });
    await assert.rejects(
      migrate(db, "up", { directory: directory.url }),
      /^MigrationError: migration 0002_two failed: division by zero$/,
    );
    assert.deepEqual(await tablesOf(db), ["migrations", "one"]);
    const status = await migrate(db, "status", { directory: directory.url });
    assert.deepEqual(status.map(({ appliedAt }) => appliedAt !== null), [true, false]);
  }),
);

Deno.test("migrations - a migration file without both parts, or out of number, is refused by name", async () => {
  await assert.rejects(parseMigration("0001_x.sql", "-- up\nSELECT 1;"), /0001_x\.sql needs/);
  await assert.rejects(parseMigration("0001_x.sql", "-- up\n\n-- down\nSELECT 1;"), /needs/);
  await assert.rejects(parseMigration("1_x.sql", ONE), /not named like 0001_candles\.sql/);
  await using directory = await directoryOf({ "0002_one.sql": ONE });
  await assert.rejects(readMigrations(directory.url), /0002_one should have the number 1/);
});

Deno.test(
  "migrations - the task migrates the database of DATABASE_URL, or explains why it cannot",
  withServers(async ({ database }) => {
    const url = await database();
    const run = async (args: string[], address?: string) => {
      const lines: string[] = [];
      return { code: await main(args, address, (line) => lines.push(line)), lines };
    };
    assert.equal((await run(["up"], url)).code, 0);
    const { code, lines } = await run(["status"], url);
    assert.equal(code, 0);
    assert.match(lines[0] ?? "", /^0001_candles {2}applied 20/);
    const unset = await run(["up"]);
    assert.equal(unset.code, 2);
    assert.match(unset.lines.join(), /^DATABASE_URL is not set/);
    assert.equal((await run(["sideways"], url)).code, 2);
    const away = await run(["up"], "postgres://user:hunter2@127.0.0.1:1/db");
    assert.equal(away.code, 1);
    assert.ok(away.lines.length === 1 && !away.lines.join().includes("hunter2"));
  }),
);
