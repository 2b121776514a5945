import assert from "node:assert/strict";
import postgres from "postgres";
import { epochSeconds } from "../../lib/candles/granularity.ts";
import { productId } from "../../lib/candles/product.ts";
import { openDatabase } from "../../lib/store/database.ts";
import { parseDatabaseUrl } from "../../lib/store/database_url.ts";
import { migrate } from "../../lib/store/migrations.ts";
import { openStore } from "../../lib/store/store.ts";
import { sampleCandle } from "../sample_candles.ts";
import { withServers } from "../servers.ts";
import { startDebianPostgres } from "./debian_postgres.ts";

const ROLE = "ordinary";
const PASSWORD = "of-the-role";

/** The same database as an ordinary role. */
function asRole(url: string, search = ""): string {
  const own = new URL(url);
  own.username = ROLE;
  own.password = PASSWORD;
  return `${own.href}${search && `?${search}`}`;
}

/** Stores, reads back and measures a candle; gives the log line that names what is used. */
async function use(url: string): Promise<{ readonly line: string; readonly timescale: boolean }> {
  const lines: string[] = [];
  const log = {
    info: (_: string, { line }: Record<string, unknown> = {}) => void lines.push(`${line}`),
    warn() {},
    error() {},
  };
  await using store = await openStore(url, { log });
  await store.ready();
  const start = epochSeconds(1_772_683_500);
  await store.candles.upsert([sampleCandle({ start })]);
  const page = await store.candles.page({
    productId: productId("BTC-USD"),
    granularity: "ONE_MINUTE",
    limit: 1,
  });
  assert.equal(page[0]?.start, start);
  const report = await store.storage();
  assert.equal(report.candles, 1);
  // Every granularity has an end, so that chunks are dropped too; none is that old.
  const days = new Map(page.map(({ granularity }) => [granularity, 100_000]));
  assert.equal((await store.retention(days).sweep(epochSeconds(start + 60))).deleted, 0);
  const found = lines.filter((line) => line.includes("candles are kept in"));
  assert.equal(found.length, 1);
  return { line: found[0] ?? "", timescale: report.hypertable !== null };
}

/** Where an administrator may have put things. */
interface Place {
  readonly before: readonly string[];
  readonly search?: string;
  readonly schema: string;
  /** The role may not use the extension, so that it gets an ordinary table. */
  readonly refused?: boolean;
}

const PLACES: Readonly<Record<string, Place>> = {
  "its own schema, without access to that of TimescaleDB": {
    before: [
      "CREATE SCHEMA ext",
      "CREATE EXTENSION timescaledb SCHEMA ext",
      `CREATE SCHEMA ${ROLE} AUTHORIZATION ${ROLE}`,
    ],
    schema: ROLE,
    refused: true,
  },
  "its own schema by its name, TimescaleDB in another one": {
    before: [
      "CREATE SCHEMA ext",
      "CREATE EXTENSION timescaledb SCHEMA ext",
      `GRANT USAGE ON SCHEMA ext TO ${ROLE}`,
      `CREATE SCHEMA ${ROLE} AUTHORIZATION ${ROLE}`,
    ],
    schema: ROLE,
  },
  "a schema that the URL names, with capitals and a quote": {
    before: [
      "CREATE SCHEMA ext",
      "CREATE EXTENSION timescaledb SCHEMA ext",
      `GRANT USAGE ON SCHEMA ext TO ${ROLE}`,
      `CREATE SCHEMA "Spot ""Canvas" AUTHORIZATION ${ROLE}`,
    ],
    search: `schema=${encodeURIComponent('Spot "Canvas')}`,
    schema: '"Spot ""Canvas"',
  },
  "a search_path in options, TimescaleDB in public": {
    before: ["CREATE EXTENSION timescaledb", `CREATE SCHEMA app AUTHORIZATION ${ROLE}`],
    search: `options=${encodeURIComponent("-c search_path=app")}`,
    schema: "app",
  },
  "a search_path of the role's with $user and a schema that is not there": {
    before: [
      "CREATE SCHEMA ext",
      "CREATE EXTENSION timescaledb SCHEMA ext",
      `GRANT USAGE ON SCHEMA ext TO ${ROLE}`,
      `CREATE SCHEMA app AUTHORIZATION ${ROLE}`,
      `ALTER ROLE ${ROLE} SET search_path = "$user", nowhere, app, pg_catalog`,
    ],
    schema: "app",
  },
};

for (const [place, { before, search, schema, refused = false }] of Object.entries(PLACES)) {
  Deno.test(
    `ordinary role - tables go into ${place}, and TimescaleDB is ${
      refused ? "left alone" : "used"
    }`,
    withServers(async ({ database }) => {
      const url = await database();
      const admin = postgres(url, { max: 1, fetch_types: false, onnotice: () => {} });
      try {
        const [available] = await admin`
          SELECT FROM pg_available_extensions WHERE name = 'timescaledb'`;
        await admin.unsafe("DROP EXTENSION IF EXISTS timescaledb");
        await admin.unsafe(`CREATE ROLE ${ROLE} LOGIN PASSWORD '${PASSWORD}'`);
        for (const statement of before) {
          if (available || !statement.includes("EXTENSION")) await admin.unsafe(statement);
        }
        for (const _start of ["first", "second"]) {
          const { line, timescale } = await use(asRole(url, search));
          assert.equal(timescale, available !== undefined && !refused);
          assert.ok(line.endsWith(`of schema ${schema}`), line);
        }
      } finally {
        await admin.unsafe(`DROP OWNED BY ${ROLE} CASCADE`);
        await admin.unsafe(`DROP ROLE ${ROLE}`);
        await admin.end();
      }
    }),
  );
}

Deno.test("ordinary role - on plain PostgreSQL, in a schema that is made for it, all is kept in an ordinary table", async () => {
  const server = await startDebianPostgres();
  try {
    await server.administer(`CREATE ROLE ${ROLE} LOGIN PASSWORD '${PASSWORD}'`);
    await server.administer(`CREATE DATABASE spot OWNER ${ROLE}`);
    const login = { user: ROLE, password: PASSWORD, database: "spot" };
    const { line } = await use(server.url({ ...login, search: "schema=spot_canvas" }));
    assert.match(line, /^PostgreSQL \d+\.\d+, not encrypted: .* an ordinary table .* spot_canvas$/);
  } finally {
    await server.stop();
  }
});

Deno.test("ordinary role - for one that may create no table, one log line explains what to do", async () => {
  const server = await startDebianPostgres();
  try {
    await server.administer(`CREATE ROLE ${ROLE} LOGIN PASSWORD '${PASSWORD}'`);
    const login = { user: ROLE, password: PASSWORD };
    const refusals: Readonly<Record<string, RegExp>> = {
      "": /the role ordinary may not create tables in the schema public: .*\?schema=/,
      "schema=nowhere": /no schema of the search_path \(nowhere|"nowhere"\) exists: make one/,
    };
    for (const [search, message] of Object.entries(refusals)) {
      const database = openDatabase(parseDatabaseUrl(server.url({ ...login, search })), {
        connections: 1,
        statementTimeoutMs: 0,
      });
      try {
        await assert.rejects(migrate(database, "up"), message);
      } finally {
        await database.end();
      }
    }
  } finally {
    await server.stop();
  }
});

Deno.test("ordinary role - tables that an administrator has made are used by one that may make none", async () => {
  const server = await startDebianPostgres();
  try {
    await server.administer(`CREATE ROLE ${ROLE} LOGIN PASSWORD '${PASSWORD}'`);
    const database = openDatabase(parseDatabaseUrl(server.url()), {
      connections: 1,
      statementTimeoutMs: 0,
    });
    await migrate(database, "up");
    await database.end();
    await server.administer(
      `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ${ROLE}`,
    );
    const { line } = await use(server.url({ user: ROLE, password: PASSWORD }));
    assert.ok(line.endsWith("of schema public"), line);
  } finally {
    await server.stop();
  }
});

Deno.test(
  "ordinary role - a database that the first text of a migration was applied to is used unchanged",
  withServers(async ({ database }) => {
    const url = await database();
    const sql = openDatabase(parseDatabaseUrl(url), { connections: 1, statementTimeoutMs: 0 });
    try {
      await migrate(sql, "up");
      const first = "ea1947076638ecf1bdc8663e37e5702f1ec025fbab569c5a76b2b74433bea2e6";
      await sql`UPDATE migrations SET checksum = ${first} WHERE number = 2`;
      assert.ok((await migrate(sql, "up")).every(({ appliedAt }) => appliedAt !== null));
      await sql`UPDATE migrations SET checksum = ${first.replace("e", "f")} WHERE number = 2`;
      await assert.rejects(migrate(sql, "up"), /0002_hypertable has changed/);
    } finally {
      await sql.end();
    }
  }),
);
