import assert from "node:assert/strict";
import { join } from "node:path";
import { epochSeconds } from "../../lib/candles/granularity.ts";
import { run } from "../../lib/embedded/command.ts";
import { openStore } from "../../lib/store/store.ts";
import { main } from "../../tasks/backup.ts";
import { main as migrate } from "../../tasks/migrate.ts";
import { sampleCandle } from "../sample_candles.ts";
import { newDirectory, withServers } from "../servers.ts";
import { ensurePostgres, startDebianPostgres } from "./debian_postgres.ts";
import { startPgBouncer } from "./pgbouncer.ts";

const USERS = { spot: "of spot" };
const QUIET = { info() {}, warn() {}, error() {} };

async function backup(url: string, ...args: readonly string[]): Promise<void> {
  const lines: string[] = [];
  const env = { DATABASE_URL: url, NATS_URL: "nats://127.0.0.1:1" };
  assert.equal(await main(args, env, (line) => lines.push(line)), 0, lines.join("\n"));
}

Deno.test(
  "backup - it moves between our PostgreSQL and an operator's with unusual settings behind PgBouncer",
  withServers(async ({ database }) => {
    const server = await startDebianPostgres({
      settings: [
        "datestyle = 'German, DMY'",
        "timezone = 'Asia/Kathmandu'",
        "bytea_output = escape",
      ],
    });
    try {
      await server.administer("CREATE ROLE spot LOGIN PASSWORD 'of spot'");
      await server.administer("CREATE DATABASE spot OWNER spot");
      const bouncer = await startPgBouncer("transaction", server, USERS, 4);
      try {
        const pooled = server.url({
          user: "spot",
          password: USERS.spot,
          database: "spot",
          host: `127.0.0.1:${bouncer.port}`,
        });
        const own = await database();
        const again = await database();
        assert.equal(await migrate(["up"], own, () => {}), 0);
        const candles = Array.from({ length: 3000 }, (_, minute) =>
          sampleCandle({
            start: epochSeconds(1_704_567_600 + 60 * minute),
            firstTradeId: 10 * minute + 1,
            lastTradeId: 10 * minute + 10,
            trades: 10,
          }));
        {
          await using store = await openStore(own, { log: QUIET });
          await store.ready();
          assert.equal(await store.candles.upsert(candles), 3000);
        }
        const directory = await newDirectory();
        const [there, back] = [join(directory, "there.sql.gz"), join(directory, "back.sql.gz")];
        await backup(own, "write", there);
        await backup(pooled, "read", there);
        await backup(pooled, "write", back);
        await backup(again, "read", back);
        const newest = [];
        for (const url of [own, pooled, again]) {
          await using store = await openStore(url, { log: QUIET });
          await store.ready();
          const { productId } = sampleCandle();
          newest.push(
            await store.candles.page({ productId, granularity: "ONE_MINUTE", limit: 1000 }),
          );
        }
        assert.equal(newest[0]?.length, 1000);
        assert.deepEqual(newest[1], newest[0]);
        assert.deepEqual(newest[2], newest[0]);
      } finally {
        await bouncer.stop();
      }
    } finally {
      await server.stop();
    }
  }),
);

Deno.test(
  "backup - pg_dump and pg_restore, as the runbook has them, keep every candle on another's PostgreSQL",
  async () => {
    const server = await startDebianPostgres();
    const programs = await ensurePostgres(() => {});
    const file = join(await newDirectory(), "spot-canvas.dump");
    const admin = server.url();
    const own = server.url({ user: "spot_canvas", password: "own", database: "spot_canvas" });
    const { hostname, port, password } = new URL(admin);
    const env = {
      PGHOST: hostname,
      PGPORT: port,
      PGUSER: "postgres",
      PGPASSWORD: decodeURIComponent(password),
      DATABASE_URL: own,
      PATH: `${programs}:${Deno.env.get("PATH")}`,
    };
    const shell = (line: string) =>
      run("sh", ["-ec", line.replace("spot-canvas.dump", file)], { env });
    try {
      await server.administer("CREATE ROLE spot_canvas LOGIN PASSWORD 'own'");
      await server.administer("CREATE DATABASE spot_canvas OWNER spot_canvas");
      const candle = sampleCandle();
      {
        await using store = await openStore(own, { log: QUIET });
        await store.ready();
        assert.equal(await store.candles.upsert([candle]), 1);
      }
      const runbook = await Deno.readTextFile(new URL("../../docs/operating.md", import.meta.url));
      const commands = [...runbook.matchAll(/^ {4}((?:pg_dump|dropdb|createdb|pg_restore) .*)$/gm)]
        .map(([, command = ""]) => command);
      assert.equal(commands.length, 4);
      for (const command of commands) await shell(command);
      await using store = await openStore(own, { log: QUIET });
      await store.ready();
      const { productId } = candle;
      const page = await store.candles.page({ productId, granularity: "ONE_MINUTE", limit: 10 });
      assert.deepEqual(page.map(({ start }) => start), [candle.start]);
    } finally {
      await server.stop();
    }
  },
);
