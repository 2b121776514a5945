import assert from "node:assert/strict";
import postgres from "postgres";
import { READABLE_TABLES, READER_ROLE } from "../../lib/store/reader_role.ts";
import { openStore } from "../../lib/store/store.ts";
import { startDebianPostgres } from "../postgres/debian_postgres.ts";
import { sampleCandle } from "../sample_candles.ts";
import { withServers } from "../servers.ts";

/** Tables for the program alone, which readers may not read. */
const INTERNAL = ["dead_letters", "imports", "migrations", "store_mark"];
const PASSWORD = "of-the-reader";

/** Opens the store as the program does, and returns the lines that it logged. */
async function started(url: string, readerPassword: string | null = null): Promise<string[]> {
  const lines: string[] = [];
  const info = (_: string, { line }: Record<string, unknown> = {}) => void lines.push(`${line}`);
  await using store = await openStore(url, {
    log: { info, warn() {}, error() {} },
    readerPassword,
  });
  await store.ready();
  await store.candles.upsert([sampleCandle()]);
  return lines;
}

async function as<T>(url: string, user: string, work: (sql: postgres.Sql) => Promise<T>) {
  const own = new URL(url);
  own.username = user;
  own.password = PASSWORD;
  const sql = postgres(own.href, { max: 1, onnotice: () => {} });
  try {
    return await work(sql);
  } finally {
    await sql.end({ timeout: 1 });
  }
}

Deno.test(
  "outsiders' database - every table and every column is described",
  withServers(async ({ database }) => {
    const url = await database();
    await started(url);
    const sql = postgres(url, { max: 1 });
    try {
      const silent = await sql`
        SELECT c.relname AS "table", a.attname AS column
        FROM pg_class c
        LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v')
          AND (obj_description(c.oid, 'pg_class') IS NULL OR col_description(c.oid, a.attnum) IS NULL)`;
      assert.deepEqual([...silent], []);
      const tables = await sql<{ name: string }[]>`SELECT relname AS name FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') ORDER BY 1`;
      assert.deepEqual(
        tables.map(({ name }) => name),
        [...READABLE_TABLES, ...INTERNAL].sort(),
        "each is for readers, or named as internal here",
      );
    } finally {
      await sql.end();
    }
  }),
);

Deno.test(
  "outsiders' database - a reader reads candles and changes nothing",
  withServers(async ({ database }) => {
    const url = await database();
    await started(url, PASSWORD);
    await as(url, READER_ROLE, async (sql) => {
      const [candle] = await sql`SELECT close::text, exact FROM candles
        WHERE product_id = 'BTC-USD' AND granularity = 'ONE_MINUTE' ORDER BY start DESC LIMIT 1`;
      assert.deepEqual({ ...candle }, { close: "42200", exact: true });
      for (const table of READABLE_TABLES) await sql`SELECT FROM ${sql(table)} LIMIT 1`;
      for (const table of INTERNAL) {
        await assert.rejects(sql`SELECT FROM ${sql(table)}`, /permission denied/, table);
      }
      await sql`SET default_transaction_read_only = off`;
      await assert.rejects(sql`DELETE FROM candles`, /permission denied/);
      await assert.rejects(sql`UPDATE products SET price = 1`, /permission denied/);
      await assert.rejects(sql`TRUNCATE candles`, /permission denied/);
      await assert.rejects(sql`CREATE TABLE public.mine (id int)`, /permission denied/);
      const [limit] = await sql`SHOW statement_timeout`;
      assert.equal(limit?.statement_timeout, "1min");
    });
    const admin = postgres(url, { max: 1 });
    try {
      await admin.unsafe(`CREATE ROLE analyst LOGIN PASSWORD '${PASSWORD}' IN ROLE ${READER_ROLE}`);
      await as(url, "analyst", async (sql) => {
        assert.equal((await sql`SELECT FROM candles`).length, 1);
        await assert.rejects(sql`DELETE FROM candles`, /permission denied/);
      });
      await admin.unsafe("DROP ROLE analyst");
    } finally {
      await admin.end();
    }
  }),
);

Deno.test("outsiders' database - a role that may not create the reader logs what is missing, and grants once the reader exists", async () => {
  const server = await startDebianPostgres();
  try {
    await server.administer(`CREATE ROLE ordinary LOGIN PASSWORD '${PASSWORD}'`);
    await server.administer("CREATE DATABASE spot OWNER ordinary");
    const url = server.url({
      user: "ordinary",
      password: PASSWORD,
      database: "spot",
      search: "schema=spot_canvas",
    });
    const first = await started(url);
    const logged = first.filter((line) => line.includes("no role for readers"));
    assert.equal(logged.length, 1, first.join("\n"));
    assert.match(logged[0] ?? "", new RegExp(`CREATE ROLE ${READER_ROLE} NOLOGIN`));
    await server.administer(`CREATE ROLE ${READER_ROLE} LOGIN PASSWORD '${PASSWORD}'`);
    const second = await started(url);
    assert.deepEqual(second.filter((line) => line.includes("reader")), []);
    const bare = new URL(url);
    bare.search = "";
    await as(bare.href, READER_ROLE, async (sql) => {
      assert.equal((await sql`SELECT FROM spot_canvas.candles`).length, 1);
      await assert.rejects(sql`DELETE FROM spot_canvas.candles`, /permission denied/);
    });
  } finally {
    await server.stop();
  }
});

Deno.test("outsiders' database - tables of another owner are used, and what the owner has to grant is logged", async () => {
  const server = await startDebianPostgres();
  try {
    await server.administer(`CREATE ROLE ordinary LOGIN PASSWORD '${PASSWORD}'`);
    await started(server.url());
    await server.administer(
      "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ordinary",
    );
    await server.administer(`REVOKE SELECT ON gaps FROM ${READER_ROLE}`);
    const lines = await started(server.url({ user: "ordinary", password: PASSWORD }));
    const logged = lines.filter((line) => line.includes(READER_ROLE));
    assert.equal(logged.length, 1, lines.join("\n"));
    assert.ok(logged[0]?.endsWith(`owner run GRANT SELECT ON gaps TO ${READER_ROLE}`), logged[0]);
  } finally {
    await server.stop();
  }
});
