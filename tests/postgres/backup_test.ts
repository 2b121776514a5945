import assert from "node:assert/strict";
import { join } from "node:path";
import { epochSeconds } from "../../lib/candles/granularity.ts";
import { openStore } from "../../lib/store/store.ts";
import { main } from "../../tasks/backup.ts";
import { main as migrate } from "../../tasks/migrate.ts";
import { sampleCandle } from "../sample_candles.ts";
import { newDirectory, withServers } from "../servers.ts";
import { startDebianPostgres } from "./debian_postgres.ts";
import { startPgBouncer } from "./pgbouncer.ts";

const USERS = { spot: "of spot" };
const QUIET = { info() {}, warn() {}, error() {} };

async function backup(url: string, ...args: readonly string[]): Promise<void> {
  const lines: string[] = [];
  const env = { DATABASE_URL: url, NATS_URL: "nats://127.0.0.1:1" };
  assert.equal(await main(args, env, (line) => lines.push(line)), 0, lines.join("\n"));
}

Deno.test(
  "backup - it moves between our PostgreSQL and another's with unusual settings behind PgBouncer",
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
