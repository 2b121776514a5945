import { strict as assert } from "node:assert";
import { main } from "../tasks/backfill.ts";
import { scenario } from "./harness/scenario.ts";
import type { Scenario } from "./harness/scenario.ts";
import { compareInSql } from "./harness/sql_truth.ts";
import { pause, until } from "./harness/wait.ts";

// Slow: hours of trades are fetched, merged and computed again in SQL, over kills in the middle of it.

const PRODUCTS = 3;
const EXCHANGE = {
  products: PRODUCTS,
  tradesPerSecond: 3,
  pastTradesPerSecond: 1.5,
  historyHours: 30,
};

/** How much of the past is left according to `/readyz`; null while that does not report it. */
async function pastOf(it: Scenario) {
  const answer = await it.app.request("/readyz");
  return answer === null ? null : JSON.parse(answer.text).repair?.past ?? null;
}

async function isRebuilt(it: Scenario): Promise<void> {
  await until("the past down to the horizon", async () => {
    const past = await pastOf(it);
    const [row] = await it.sql`SELECT count(*)::int AS proven FROM products
      WHERE proven_from_time < to_timestamp(${it.exchange.now() / 1000}) - interval '2 hours'`;
    return past?.daysLeft === 0 && past.doubtful === 0 && row?.proven === PRODUCTS;
  }, { timeoutMs: 90_000 });
}

Deno.test(
  "exact past - rebuilt from trades, killed three times during it, every candle is what SQL makes of the trades",
  scenario({ exchange: EXCHANGE, env: { EXACT_DAYS: "1", BACKFILL_DAYS: "1" } }, async (it) => {
    it.time.speed = 1;
    for (const aliveMs of [2_500, 3_500, 2_000]) {
      await pause(aliveMs);
      await it.app.kill();
      await it.startApp().whenReady();
    }
    await isRebuilt(it);
    await it.minutes(2, 10);
    await it.recovers();
    await it.agrees();
    const through = Math.floor(it.exchange.now() / 60_000) * 60 - 120;
    const { trades, compared, differences } = await compareInSql(it.sql, it.exchange, through);
    const [since] = await it.sql`SELECT max(proven_from_time) AS from FROM products`;
    console.log(`  ${trades} trades, ${compared} candles compared, exact since ${since?.from}`);
    assert.deepEqual(differences, []);
    assert.ok(compared > 3 * 600, "hours of it were compared");
    const answer = await it.app.request("/api/products/BTC-USD");
    const { exact_since: from } = JSON.parse(answer?.text ?? "{}");
    assert.ok(from <= it.exchange.now() / 1000 - 16 * 3_600, `exact since ${from}`);
  }),
);

Deno.test(
  "backfill --exact - stopped and started again, it rebuilds any past from trades without a running app",
  scenario({ exchange: EXCHANGE }, async (it) => {
    await it.minutes(3);
    await it.recovers();
    await it.app.terminate();
    const from = Math.floor(it.exchange.now() / 3_600_000 - 20) * 3_600_000;
    const requests = () =>
      Object.values(it.exchange.stats.restByStatus).reduce((sum, count) => sum + count, 0);
    const before = requests();
    const run = async (stopAfterMs: number) => {
      const stop = new AbortController();
      const timer = setTimeout(() => stop.abort(), stopAfterMs);
      let output = "";
      const code = await main(["--exact", "--from", new Date(from).toISOString()], {
        env: {
          DATABASE_URL: it.databaseUrl,
          NATS_URL: "nats://127.0.0.1:1",
          COINBASE_REST_URL: it.exchange.restUrl,
          COINBASE_REST_RPS: "20",
          PRODUCTS: it.exchange.products.join(","),
        },
        screen: { write: (text) => output += text, isTerminal: false, now: () => 0 },
        stop: stop.signal,
        now: () => Math.floor(it.exchange.now() / 1000),
      });
      clearTimeout(timer);
      return { code, output };
    };
    const first = await run(1_500);
    assert.equal(first.code, 1, first.output);
    assert.match(first.output, /the next run resumes from here/);
    const last = await run(60_000);
    assert.equal(last.code, 0, last.output);
    const through = Math.floor(it.exchange.now() / 60_000) * 60 - 20 * 60;
    const { trades, compared, differences } = await compareInSql(it.sql, it.exchange, through);
    console.log(
      `  ${trades} trades, ${compared} candles compared, ${requests() - before} requests`,
    );
    assert.deepEqual(differences, []);
    const [row] = await it.sql`SELECT count(*)::int AS late FROM products
      WHERE followed AND proven_from_time > to_timestamp(${from / 1000})`;
    assert.equal(row?.late, 0);
    const listed = 20 * 3_600 * EXCHANGE.pastTradesPerSecond / 999;
    assert.ok(requests() - before <= 2 * listed + 30, `${requests() - before} requests`);
  }),
);

Deno.test(
  "exact past - an exchange that shows no trades as old leaves its candles, and gets requests with growing delays",
  scenario({
    exchange: { ...EXCHANGE, historyHours: 2 },
    env: { EXACT_DAYS: "1", BACKFILL_DAYS: "1" },
  }, async (it) => {
    it.time.speed = 1;
    await until("hidden trades", async () => (await pastOf(it))?.hidden === PRODUCTS, {
      timeoutMs: 90_000,
    });
    const requests = () =>
      Object.values(it.exchange.stats.restByStatus).reduce((sum, count) => sum + count, 0);
    // On a busy machine the charts' placeholders take a while.
    await until("hardly any request for seven seconds", async () => {
      const before = requests();
      await pause(7_000);
      return requests() - before < 10;
    }, { timeoutMs: 60_000 });
    await it.recovers();
    const { daysLeft, products } = await pastOf(it);
    assert.ok(daysLeft > 0 && products === PRODUCTS);
  }),
);
