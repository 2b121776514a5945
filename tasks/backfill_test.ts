import assert from "node:assert/strict";
import postgres from "postgres";
import { startExchangeSimulator } from "../lib/exchange_simulator/mod.ts";
import { withServers } from "../tests/servers.ts";
import { main } from "./backfill.ts";
import { readBackfillRequest } from "./backfill_options.ts";
import { UsageError } from "./usage_error.ts";
import { ProgressLine } from "./progress_line.ts";

// Slow: PostgreSQL computes days of candles again, to compare all of them.

const START_AT_MS = Date.UTC(2026, 3, 7, 12);
const COMMAND = ["--products", "BTC-USD,ETH-USD", "--from", "2026-04-04", "--to", "2026-04-07"]
  .concat(["--granularities", "1m,5m,1h"]);

Deno.test(
  "backfill - the command, stopped five times, leaves what one run leaves, with as many requests, and finds no differences",
  withServers(async ({ database }) => {
    await using exchange = await startExchangeSimulator({
      products: 2,
      tradesPerSecond: 1,
      historyDays: 4,
      manual: true,
      clock: { now: () => START_AT_MS },
    });
    const requests = () =>
      Object.values(exchange.stats.restByStatus).reduce((sum, count) => sum + count, 0);
    const [first, second] = [await database(), await database()];
    const environment = (url: string) => ({
      DATABASE_URL: url,
      NATS_URL: "nats://127.0.0.1:1",
      COINBASE_REST_URL: exchange.restUrl,
      COINBASE_REST_RPS: "1000",
    });

    const whole = await run(COMMAND, environment(first), Infinity);
    const wholeRequests = requests();
    assert.equal(whole.code, 0, whole.output);
    assert.match(whole.output, /^100% {2}(\d+)\/\1 requests/m);
    assert.match(whole.output, /^\d\d+ candles compared with the merge/m);
    assert.doesNotMatch(whole.output, /differs|failed/);

    for (let stops = 0; stops < 5; stops++) {
      const { code, output } = await run(COMMAND, environment(second), 1);
      assert.equal(code, 1);
      assert.match(output, /stopped, the next run resumes from here/);
    }
    const last = await run(COMMAND, environment(second), Infinity);
    assert.equal(last.code, 0, last.output);
    assert.equal(requests() - wholeRequests, wholeRequests);
    assert.deepEqual(await rowsOf(second), await rowsOf(first));

    const again = await run(COMMAND, environment(second), Infinity);
    assert.match(again.output, /2 products, 0 requests/);
    assert.equal(requests(), 2 * wholeRequests);
  }),
);

Deno.test(
  "backfill - a larger candle that is not the merge of the smaller ones is reported with its start",
  withServers(async ({ database }) => {
    await using exchange = await startExchangeSimulator({
      products: 1,
      historyDays: 4,
      manual: true,
      clock: { now: () => START_AT_MS },
    });
    const url = await database();
    const env = {
      DATABASE_URL: url,
      NATS_URL: "nats://127.0.0.1:1",
      COINBASE_REST_URL: exchange.restUrl,
      COINBASE_REST_RPS: "1000",
    };
    const command = ["--products", "BTC-USD", "--from", "2026-04-05", "--granularities", "2h,6h"];
    assert.equal((await run(command, env, Infinity)).code, 0);
    const sql = postgres(url, { max: 1 });
    await sql`UPDATE candles SET high = high + 1 WHERE granularity = 'SIX_HOUR'
      AND start = '2026-04-06T06:00:00Z'`;
    await sql.end();
    const { output } = await run(command, env, Infinity);
    const line = "differs: BTC-USD SIX_HOUR from TWO_HOUR: 1 of 8, first 2026-04-06T06:00:00.000Z";
    assert.ok(output.split("\n").includes(line), output);
  }),
);

Deno.test("backfill - a bad command line is refused with every fault", () => {
  const bad = "--products btc --granularities 7m,5m --from soon --to 2024-01-01".split(" ");
  assert.throws(() => readBackfillRequest(bad), (error) => {
    assert.ok(error instanceof UsageError);
    const starts = error.message.split("\n").map((line) => line.split(":", 1)[0]);
    assert.deepEqual(starts, ["--products", "--products is missing", "--granularities", "--from"]);
    return true;
  });
  assert.throws(() => readBackfillRequest(["--bogus"]), UsageError);
  const all = readBackfillRequest(["--products", "all", "--from", "2024-01-01"]);
  assert.deepEqual([all.productIds, all.granularities.length, all.to], [null, 8, null]);
});

Deno.test("backfill - progress is a bar on a terminal, and a line now and then elsewhere", () => {
  for (const isTerminal of [true, false]) {
    const written: string[] = [];
    let nowMs = 0;
    const line = new ProgressLine(100, {
      write: (text) => written.push(text),
      isTerminal,
      now: () => nowMs,
    });
    for (let i = 0; i < 50; i++) {
      nowMs += 125;
      line.step();
    }
    line.finish();
    assert.equal(written.length, isTerminal ? 52 : 3);
    const end = isTerminal ? written.at(-2) : written.at(-1);
    assert.match(end ?? "", /50% {2}50\/100 requests {2}8\.\d\/s {2}\d s left/);
    assert.equal((end ?? "").startsWith("\r█"), isTerminal);
  }
});

/** Runs the command, stopped once a number of requests was shown. */
async function run(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  stopAfter: number,
): Promise<{ code: number; output: string }> {
  const stop = new AbortController();
  let output = "";
  let clock = 0;
  const code = await main(args, {
    env,
    screen: {
      write: (text) => {
        output += text;
        const done = Number(/(\d+)\/\d+ requests/.exec(text)?.[1] ?? 0);
        if (done >= stopAfter) stop.abort();
      },
      isTerminal: false,
      // Every line is due.
      now: () => clock += 10_000,
    },
    stop: stop.signal,
    now: () => Math.floor(START_AT_MS / 1000),
  });
  return { code, output };
}

async function rowsOf(url: string): Promise<string[]> {
  const sql = postgres(url, { max: 1 });
  const rows =
    await sql`SELECT concat_ws(' ', product_id, granularity, start, open, high, low, close,
    volume, exact, revision) AS row FROM candles ORDER BY product_id, granularity, start`;
  await sql.end();
  return rows.map(({ row }) => String(row));
}
