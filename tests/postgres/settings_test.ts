import assert from "node:assert/strict";
import { decimal } from "../../lib/candles/decimal.ts";
import { epochSeconds } from "../../lib/candles/granularity.ts";
import { productId } from "../../lib/candles/product.ts";
import { openDatabase } from "../../lib/store/database.ts";
import { parseDatabaseUrl } from "../../lib/store/database_url.ts";
import { migrate } from "../../lib/store/migrations.ts";
import { openStore } from "../../lib/store/store.ts";
import { readDeadLetters } from "../dead_letters.ts";
import { sampleCandle } from "../sample_candles.ts";
import { listed } from "../sample_exchange_products.ts";
import { type DebianPostgres, startDebianPostgres } from "./debian_postgres.ts";
import { startPgBouncer } from "./pgbouncer.ts";

const SILENT = { info() {}, warn() {}, error() {} };
const PRODUCT = productId("BTC-USD");

/** Settings that the server's operator may choose. */
const UNUSUAL: Readonly<Record<string, string>> = {
  datestyle: "German, DMY",
  intervalstyle: "sql_standard",
  timezone: "Asia/Kathmandu",
  bytea_output: "escape",
  extra_float_digits: "-15",
  standard_conforming_strings: "off",
  backslash_quote: "off",
  array_nulls: "off",
  transform_null_equals: "on",
  xmloption: "document",
  quote_all_identifiers: "on",
  default_transaction_isolation: "serializable",
  default_transaction_deferrable: "on",
  synchronous_commit: "off",
  client_min_messages: "debug1",
  // Long enough to set up a session on a busy machine, and distinguishable from what is set up.
  lock_timeout: "31s",
  statement_timeout: "31s",
  idle_session_timeout: "31s",
  idle_in_transaction_session_timeout: "31s",
  plan_cache_mode: "force_generic_plan",
};

const SETTERS: Readonly<Record<string, (name: string, value: string) => string>> = {
  server: (name, value) => `ALTER SYSTEM SET ${name} = ${value}`,
  database: (name, value) => `ALTER DATABASE spot SET ${name} = ${value}`,
  role: (name, value) => `ALTER ROLE spot SET ${name} = ${value}`,
};

for (const [level, setter] of Object.entries(SETTERS)) {
  Deno.test(
    `session - a ${level} with unusual settings changes no value, day or commit, now or at the next start`,
    async () => {
      const server = await startDebianPostgres();
      try {
        await server.administer("CREATE ROLE spot LOGIN PASSWORD 'of spot'");
        await server.administer("CREATE DATABASE spot OWNER spot");
        for (const [name, value] of Object.entries(UNUSUAL)) {
          await server.administer(setter(name, `'${value.replaceAll(", ", "', '")}'`));
        }
        await server.administer("SELECT pg_reload_conf()");
        const url = server.url({ user: "spot", password: "of spot", database: "spot" });
        await storeAndReadBack(url);
        // Through a pooler that keeps no settings, too.
        const bouncer = await startPgBouncer("transaction", server, { spot: "of spot" }, 4);
        try {
          const host = `127.0.0.1:${bouncer.port}`;
          await storeAndReadBack(
            server.url({ user: "spot", password: "of spot", database: "spot", host }),
          );
        } finally {
          await bouncer.stop();
        }
        await looksRight(server);
      } finally {
        await server.stop();
      }
    },
  );
}

/** Days up to the 12th can be taken for months. */
const STARTS = ["2026-03-05T04:05:00Z", "2026-12-01T23:59:00Z", "2026-02-28T18:15:00Z"]
  .map((text) => epochSeconds(Date.parse(text) / 1000));

async function storeAndReadBack(url: string): Promise<void> {
  for (const _start of ["first", "second"]) {
    await using store = await openStore(url, { log: SILENT });
    await store.ready();
    const candles = STARTS.map((start) =>
      sampleCandle({ start, quoteVolume: null, open: decimal("0.000000000123456789012345") })
    );
    await store.candles.upsert(candles);
    const page = await store.candles.page({
      productId: PRODUCT,
      granularity: "ONE_MINUTE",
      limit: 10,
    });
    assert.deepEqual(page, candles.toSorted((a, b) => a.start - b.start));
    const quoteIncrement = decimal("0.01");
    await store.products.upsert([listed(PRODUCT, { baseName: "Bit\\coin 'x'", quoteIncrement })]);
    const from = { tradeId: 7, timeMs: Date.parse("2026-03-05T04:05:06.789Z") };
    assert.ok(await store.products.setProven(PRODUCT, { from }));
    const [product] = await store.products.all();
    assert.deepEqual(product?.provenFrom, from);
    assert.equal(product?.baseName, "Bit\\coin 'x'");
    const gap = {
      productId: PRODUCT,
      fromId: 1,
      toId: 2,
      fromTimeMs: from.timeMs,
      toTimeMs: Date.parse("2026-11-12T01:02:03.004Z"),
    };
    await store.gaps.open([gap]);
    assert.deepEqual(await store.gaps.all(), [gap]);
    const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
    await store.deadLetters.add({ sequence: 1, key: "a\\b'c", bytes, reason: "tried" });
    assert.deepEqual(await readDeadLetters(url), [
      { sequence: 1, key: "a\\b'c", bytes, reason: "tried" },
    ]);
    const { byGranularity } = await store.storage();
    assert.deepEqual(
      byGranularity.map(({ oldest, newest }) => [oldest, newest]),
      [["2026-02-28T18:15:00.000Z", "2026-12-01T23:59:00.000Z"]],
    );
  }
  const database = openDatabase(parseDatabaseUrl(url), { connections: 1, statementTimeoutMs: 0 });
  try {
    for (const { appliedAt } of await migrate(database, "status")) {
      assert.ok(Math.abs(Date.now() - (appliedAt?.getTime() ?? 0)) < 3_600_000);
    }
    const [set] = await database.transaction((sql) =>
      sql`SELECT current_setting('synchronous_commit') = 'on' AS durable,
        current_setting('statement_timeout') AS statement, current_setting('lock_timeout') AS lock,
        current_setting('idle_session_timeout') AS idle,
        current_setting('idle_in_transaction_session_timeout') AS idle_in_transaction`
    );
    assert.deepEqual({ ...set }, {
      durable: true,
      statement: "0",
      lock: "0",
      idle: "0",
      idle_in_transaction: "1min",
    });
  } finally {
    await database.end();
  }
}

/** What another client reads from the database, as numbers. */
async function looksRight(server: DebianPostgres): Promise<void> {
  const rows = await server.query(
    "SELECT extract(epoch FROM start)::int AS start FROM candles ORDER BY 1",
    "spot",
  );
  assert.deepEqual(rows.map(({ start }) => start), STARTS.toSorted((a, b) => a - b));
}
