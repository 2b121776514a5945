import { strict as assert } from "node:assert";
import type { Bus } from "../lib/bus/bus.ts";
import { AppProcess, freePort } from "./harness/app_process.ts";
import { openTestBus } from "./harness/bus_comparison.ts";
import { type Scenario, scenario } from "./harness/scenario.ts";
import { compareInSql } from "./harness/sql_truth.ts";
import { StreamClient } from "./harness/stream_client.ts";
import { pause, until } from "./harness/wait.ts";

// Slow: over an hour of minutes closes, and SQL computes all of it again.

const DECODER = new TextDecoder();
const MINUTE = "products=BTC-USD&granularities=ONE_MINUTE";

Deno.test(
  "main job - every closed candle of over an hour is what PostgreSQL computes from the exchange's trades",
  scenario({ exchange: { historyHours: 1 } }, async (it) => {
    const client = new StreamClient(it.app.url, MINUTE);
    const firstMs = await timed(() => until("a first candle", () => client.events.length > 0));
    console.log(`  first candle on /stream after ${firstMs.toFixed(0)} ms`);
    await it.minutes(75, 180);
    await it.recovers();
    const through = Math.floor(it.exchange.now() / 60_000) * 60 - 60;
    await pause(1000);
    const { trades, compared, differences } = await compareInSql(it.sql, it.exchange, through);
    console.log(`  SQL over numeric: ${trades} trades, ${compared} candles compared`);
    assert.deepEqual(differences, []);
    assert.ok(compared > 5 * (70 + 14 + 4 + 2 + 1), `${compared} candles`);
    await it.agrees();
    await client.leave();
    assert.equal(client.resets, 0);
  }),
);

Deno.test(
  "main job - a closed candle is the same in the table, the stream, the bucket, the core subject and /stream",
  scenario({}, async (it) => {
    const bus = await openTestBus(it.nats.url);
    const heard: { text: string; sequence: number | null }[] = [];
    const subscription = bus.subscribe({
      deliver: (messages) => {
        for (const { key, bytes, sequence } of messages) {
          if (key === "BTC-USD.ONE_MINUTE") heard.push({ text: DECODER.decode(bytes), sequence });
        }
      },
    });
    const client = new StreamClient(it.app.url, MINUTE);
    await it.minutes(3, 60);
    const [shown] = await until("a closed candle", () => closedBeforeNow(client));
    const start = startOf(shown);
    assert.ok(await isHypertable(it), "candles is a hypertable wherever TimescaleDB is");
    await until("the candle in its table", async () => {
      const [row] = await it.sql`SELECT trades FROM candles WHERE product_id = 'BTC-USD'
        AND granularity = 'ONE_MINUTE' AND start = to_timestamp(${start}) AND exact`;
      return row !== undefined && shown?.includes(`"trades":${row.trades},`);
    });
    const onCore = heard.find(({ text }) => text === shown);
    assert.ok(onCore?.sequence, "the core subject carries it with its sequence");
    const stored = bus.closedAfter(onCore.sequence - 1, { keys: ["BTC-USD.ONE_MINUTE"] });
    const { value } = await stored.next();
    await stored.return(undefined);
    assert.deepEqual([value?.sequence, DECODER.decode(value?.bytes)], [onCore.sequence, shown]);
    assert.ok(heard.some(({ text, sequence }) => sequence === null && text.includes("false")));
    await bucketReaches(bus, start);
    subscription.close();
    await client.leave();
    await bus.close();
  }),
);

Deno.test(
  "main job - a restart overwrites nothing good, continues revisions and completes what happened in between",
  scenario({}, async (it) => {
    await it.minutes(6, 60);
    await it.recovers();
    const before = await exactCandles(it);
    // Its body is never complete: a shutdown waits for it for a limited time.
    using hanging = await Deno.connect({
      hostname: "127.0.0.1",
      port: Number(new URL(it.app.url).port),
    });
    await hanging.write(new TextEncoder().encode(
      "POST /theme HTTP/1.1\r\nhost: localhost\r\ncontent-length: 99\r\n" +
        "content-type: application/x-www-form-urlencoded\r\n\r\ntheme=",
    ));
    const end = await it.app.terminate();
    console.log(`  SIGTERM to exit: ${end.tookMs.toFixed(0)} ms`);
    assert.deepEqual([end.code, end.signal], [0, null]);
    assert.ok(end.tookMs < 5000, `${end.tookMs} ms`);
    await it.minutes(7, 120);
    it.time.speed = 8;
    await it.startApp().whenReady();
    await it.minutes(2);
    await it.recovers();
    const after = new Map(await exactCandles(it));
    for (const [name, row] of before) assert.equal(after.get(name), row, name);
    await it.agrees();
  }),
);

Deno.test(
  "main job - bad input is answered by name: streams, and variables before anything starts",
  scenario({}, async (it) => {
    const answer = await it.app.request("/stream?products=NOPE&granularities=7m");
    const problem = JSON.parse(answer?.text ?? "{}");
    assert.equal(answer?.status, 400);
    assert.deepEqual(
      problem.errors.map(({ parameter, value }: Record<string, string>) => [parameter, value]),
      [["products", "NOPE"], ["granularities", "7m"]],
    );
    assert.equal((await it.app.request("/stream?products=NO-USD&granularities=1m"))?.status, 404);
    const bad: readonly Readonly<Record<string, string>>[] = [
      { PORT: "abc" },
      { DATABASE_URL: "nonsense" },
      { EMBEDDED: "never", DATABASE_URL: "", NATS_URL: "" },
    ];
    const ends = await Promise.all(bad.map((env) => AppProcess.start(freePort(), env).ended()));
    for (const [i, { code, output }] of ends.entries()) {
      const [name = ""] = Object.keys(bad[i] ?? {});
      const naming = output.split("\n").filter((line) => line.includes(name));
      assert.equal(code, 1, output);
      assert.ok(naming.length >= 1 && !output.includes("    at "), output);
    }
  }),
);

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}

function startOf(text: string | undefined): number {
  return JSON.parse(text ?? "{}").timestamp;
}

/** The newest closed and exact candle that the client was sent, if any. */
function closedBeforeNow(client: StreamClient): [string] | null {
  const newest = client.closed().filter((text) => text.includes('"exact":true')).at(-1);
  return newest === undefined ? null : [newest];
}

async function isHypertable({ sql }: Scenario): Promise<boolean> {
  const [available] = await sql`SELECT FROM pg_extension WHERE extname = 'timescaledb'`;
  if (available === undefined) return true;
  const rows = await sql`SELECT FROM timescaledb_information.hypertables
    WHERE hypertable_name = 'candles'`;
  return rows.length === 1;
}

/** A key of the bucket is written every two seconds at most. */
async function bucketReaches(bus: Bus, start: number): Promise<void> {
  await until("this candle or a newer one in the bucket", async () => {
    const current = (await bus.readCurrent()).find(({ productId, granularity }) =>
      `${productId}.${granularity}` === "BTC-USD.ONE_MINUTE"
    );
    return current !== undefined && current.start >= start;
  });
}

/** Every exact candle as text, by name. */
async function exactCandles({ sql }: Scenario): Promise<[string, string][]> {
  const rows = await sql<{ name: string; row: string }[]>`
    SELECT product_id || ' ' || granularity || ' ' || start AS name,
      row(open, high, low, close, volume, quote_volume, buy_volume, trades, first_trade_id,
        last_trade_id, revision)::text AS row
    FROM candles WHERE exact`;
  return rows.map(({ name, row }) => [name, row]);
}
