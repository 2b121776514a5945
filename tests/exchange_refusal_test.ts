import assert from "node:assert/strict";
import postgres from "postgres";
import { startExchangeSimulator } from "../lib/exchange_simulator/mod.ts";
import { AppProcess, freePort } from "./harness/app_process.ts";
import { pause, until } from "./harness/wait.ts";
import { newDirectory, withServers } from "./servers.ts";

// Slow: what is shown has to stay steady over several of the app's own retries, whose delays grow.

const SAMPLES = 6;
const BETWEEN_MS = 500;

Deno.test(
  "exchange - while it refuses every request at the start readyz names it steadily, and all comes once it answers",
  withServers(async ({ database, nats }) => {
    const databaseUrl = await database();
    await using exchange = await startExchangeSimulator({ products: 4, tradesPerSecond: 20 });
    exchange.control({ command: "faults", rates: { rest403: 1 } });
    exchange.control({
      command: "refuseSubscriptions",
      message: "authentication failure",
      reason: "key is not enabled",
    });
    const app = AppProcess.start(freePort(), {
      DATABASE_URL: databaseUrl,
      NATS_URL: (await nats()).url,
      DATA_DIR: await newDirectory(),
      EMBEDDED: "never",
      COINBASE_WS_URL: exchange.wsUrl,
      COINBASE_REST_URL: exchange.restUrl,
      COINBASE_REST_RPS: "50",
      BACKFILL_DAYS: "1",
      PRODUCTS: "BTC-USD,BTC-USDC,XYZ-USD,LUNA-USD,WBTC-USD,BTC-USD",
    });
    const sql = postgres(databaseUrl, { max: 1, onnotice: () => {} });
    const readiness = async () => {
      const answer = await app.request("/readyz");
      return answer === null ? null : JSON.parse(answer.text);
    };
    const stays = async (detail: RegExp) => {
      for (let sample = 0; sample < SAMPLES; sample++) {
        const { ready, feed } = await readiness();
        assert.deepEqual([ready, feed.state], [false, "down"], `${feed.detail}`);
        assert.match(feed.detail, detail);
        await pause(BETWEEN_MS);
      }
    };
    try {
      await until("REST refused", async () => (await readiness())?.feed.state === "down");
      await stays(/product list could not be read/);
      exchange.control({ command: "clearFaults" });
      await until("subscriptions refused", async () => {
        const now = await readiness();
        return /authentication failure: key is not enabled/.test(now?.feed.detail ?? "");
      });
      await stays(/every subscription is refused/);
      exchange.control({ command: "acceptSubscriptions" });
      await until("ready", async () => (await readiness())?.ready === true);
      const { feed, products } = await readiness();
      assert.equal(feed.state, "up");
      assert.equal(products.state, "degraded");
      type Named = { product: string; reason: string; instead: string | null };
      assert.deepEqual(
        products.unavailable.map(({ product, reason, instead }: Named) => [
          product,
          reason,
          instead,
        ]),
        [
          ["BTC-USDC", "alias", "BTC-USD"],
          ["XYZ-USD", "unknown", null],
          ["LUNA-USD", "delisted", null],
          ["WBTC-USD", "view_only", null],
        ],
      );
      const alias = await app.request("/api/products/BTC-USDC");
      assert.equal(alias?.status, 404);
      assert.equal(JSON.parse(alias?.text ?? "").instead, "BTC-USD");
      await until("a past for the charts", async () => {
        const [row] = await sql`SELECT count(DISTINCT granularity)::int AS kinds FROM candles
          WHERE product_id = 'BTC-USD' AND NOT exact`;
        return row?.kinds === 8;
      });
      const log = app.lines.join("\n");
      for (const id of ["BTC-USDC", "XYZ-USD", "LUNA-USD", "WBTC-USD"]) {
        assert.match(log, new RegExp(`${id} of PRODUCTS is not followed`));
      }
      assert.match(log, /authentication failure: key is not enabled/);
    } finally {
      await app.kill();
      await sql.end({ timeout: 1 });
    }
  }),
);
