import assert from "node:assert/strict";
import { epochSeconds } from "../../lib/candles/granularity.ts";
import { productId } from "../../lib/candles/product.ts";
import { openDatabase } from "../../lib/store/database.ts";
import { parseDatabaseUrl } from "../../lib/store/database_url.ts";
import { openStore } from "../../lib/store/store.ts";
import { until } from "../harness/wait.ts";
import { sampleCandle } from "../sample_candles.ts";
import { type DebianPostgres, startDebianPostgres } from "./debian_postgres.ts";
import { type PoolMode, startPgBouncer } from "./pgbouncer.ts";

const CONNECTIONS = 4;
const PARALLEL = 96;
const ROUNDS = 20;
const USERS = { spot: "of spot" };

/** Runs a test against Debian's PostgreSQL behind PgBouncer. */
function behind(
  mode: PoolMode,
  test: (url: string, server: DebianPostgres) => Promise<void>,
): () => Promise<void> {
  return async () => {
    const server = await startDebianPostgres();
    try {
      await server.administer("CREATE ROLE spot LOGIN PASSWORD 'of spot'");
      await server.administer("CREATE DATABASE spot OWNER spot");
      // In session mode each of our connections holds one of the server's for as long as it is
      // open.
      const bouncer = await startPgBouncer(
        mode,
        server,
        USERS,
        mode === "session" ? 24 : CONNECTIONS,
      );
      try {
        const host = `127.0.0.1:${bouncer.port}`;
        await test(
          server.url({ user: "spot", password: USERS.spot, database: "spot", host }),
          server,
        );
      } finally {
        await bouncer.stop();
      }
    } finally {
      await server.stop();
    }
  };
}

for (const mode of ["session", "transaction"] as const) {
  Deno.test(
    `pooler - behind PgBouncer in ${mode} mode every one of ${PARALLEL} parallel reads has its own answer`,
    behind(mode, async (url) => {
      const lines: string[] = [];
      const log = {
        info: (_: string, { line }: Record<string, unknown> = {}) => void lines.push(`${line}`),
        warn() {},
        error() {},
      };
      await using store = await openStore(url, { log });
      await store.ready();
      assert.ok(lines.some((line) => line.includes("behind a pooler")), lines.join("\n"));
      const products = Array.from({ length: PARALLEL }, (_, i) => productId(`C${i}-USD`));
      const written = await store.candles.upsert(
        products.flatMap((product, i) =>
          Array.from({ length: 10 }, (_, minute) =>
            sampleCandle({
              productId: product,
              start: epochSeconds(1_704_567_600 + 60 * minute),
              firstTradeId: 1_000 * i + 10 * minute + 1,
              lastTradeId: 1_000 * i + 10 * minute + 10,
              trades: 10,
            }))
        ),
      );
      assert.equal(written, 10 * PARALLEL);
      for (let round = 0; round < ROUNDS; round++) {
        await Promise.all(products.map(async (product, i) => {
          // Three kinds of statements, one of them without parameters, mixed over the same connections.
          const limit = 1 + (i + round) % 10;
          const [page, count, all] = await Promise.all([
            store.candles.page({ productId: product, granularity: "ONE_MINUTE", limit }),
            store.candles.held([product]),
            i % 8 === 0 ? store.products.all() : [],
          ]);
          assert.equal(page.length, limit);
          assert.ok(page.every((candle) => candle.productId === product));
          assert.equal(page.at(-1)?.lastTradeId, 1_000 * i + 100);
          assert.ok(count.length > 0 && count.every((candle) => candle.productId === product));
          assert.deepEqual(all, []);
        }));
      }
      assert.equal(store.state().state, "up");
    }),
  );
}

Deno.test(
  "pooler - a statement that takes too long is ended, and leaves no limit behind for others",
  behind("transaction", async (url, server) => {
    const address = parseDatabaseUrl(url);
    const brief = openDatabase(address, { connections: CONNECTIONS, statementTimeoutMs: 200 });
    const patient = openDatabase(address, { connections: CONNECTIONS, statementTimeoutMs: 0 });
    try {
      await assert.rejects(brief`SELECT pg_sleep(30)`, { code: "57014" });
      await Promise.all(Array.from({ length: CONNECTIONS }, () => patient`SELECT pg_sleep(0.5)`));
      await until("nothing of the statement", async () => {
        const [row] = await server.query(
          "SELECT count(*)::int AS count FROM pg_stat_activity WHERE query LIKE '%pg_sleep(30)%' " +
            "AND state = 'active' AND pid <> pg_backend_pid()",
        );
        return row?.count === 0;
      });
    } finally {
      await Promise.all([brief.end(), patient.end()]);
    }
  }),
);

Deno.test(
  "pooler - the URL's settings hold in every transaction, and for no other client",
  behind("transaction", async (url, server) => {
    await server.administer("CREATE SCHEMA own AUTHORIZATION spot", "spot");
    const own = openDatabase(parseDatabaseUrl(`${url}?schema=own`), {
      connections: CONNECTIONS,
      statementTimeoutMs: 0,
    });
    const plain = openDatabase(parseDatabaseUrl(url), {
      connections: CONNECTIONS,
      statementTimeoutMs: 0,
    });
    try {
      for (let round = 0; round < 50; round++) {
        const [[mine], [theirs]] = await Promise.all([
          own<{ schema: string }[]>`SELECT current_schema() AS schema`,
          plain<{ schema: string }[]>`SELECT current_schema() AS schema`,
        ]);
        assert.deepEqual([mine?.schema, theirs?.schema], ["own", "public"]);
      }
    } finally {
      await Promise.all([own.end(), plain.end()]);
    }
  }),
);

Deno.test(
  "pooler - PostgreSQL's connections are killed under it, and reads succeed again without a restart",
  behind("transaction", async (url, server) => {
    await using store = await openStore(url, { log: { info() {}, warn() {}, error() {} } });
    await store.ready();
    for (let round = 0; round < 5; round++) {
      const reads = Array.from({ length: 24 }, () => store.products.all().catch(() => null));
      await server.administer(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'spot'",
      );
      await Promise.all(reads);
      await until("an answer", () => store.products.all().catch(() => null));
    }
  }),
);
