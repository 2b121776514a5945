/**
 * Upserting closed candles against COPY straight into the same table, in the same run: `deno run -A
 * bench/store.ts [--json] [--rounds=7]` on the database that DATABASE_URL names (its candles of the product
 * BENCH-… are removed afterwards). Quote the ratio, not the rows per second: machines are shared.
 */
import postgres from "postgres";
import type { Candle } from "../lib/candles/candle.ts";
import { decimal, formatDecimal } from "../lib/candles/decimal.ts";
import { epochSeconds } from "../lib/candles/granularity.ts";
import { productId } from "../lib/candles/product.ts";
import { CandleStore } from "../lib/store/candle_store.ts";
import { type Database, openDatabase } from "../lib/store/database.ts";
import { parseDatabaseUrl } from "../lib/store/database_url.ts";
import { migrate } from "../lib/store/migrations.ts";
import { median } from "./quantile.ts";

/** One measured way of writing. */
export interface StoreBenchRow {
  readonly name: string;
  readonly rowsPerSecond: number;
  /** Of COPY in the same round; the median over rounds. */
  readonly ratio: number;
}

const BATCH = 1_000;
const BATCHES = 20;

/** Measures `rounds` rounds and answers with medians. */
export async function benchStore(url: string, rounds: number): Promise<StoreBenchRow[]> {
  const address = parseDatabaseUrl(url);
  const open = () => openDatabase(address, { connections: 1, statementTimeoutMs: 0 });
  const [durable, quick] = [open(), open()];
  const copying = postgres(url, { max: 1, connection: { synchronous_commit: "off" } });
  try {
    await migrate(durable, "up");
    await quick`SET synchronous_commit = off`;
    const ways: [string, (candles: readonly (readonly Candle[])[]) => Promise<void>][] = [
      ["COPY, no wait for the disk", (batches) => copyAll(copying, batches)],
      ["upsert, no wait for the disk", (batches) => upsertAll(quick, batches)],
      ["upsert, on disk at its answer", (batches) => upsertAll(durable, batches)],
      ["upsert of rows that are stored", (batches) => repeatAll(durable, batches)],
    ];
    const seconds: number[][] = ways.map(() => []);
    for (let round = -1; round < rounds; round++) {
      for (const [index, [, write]] of ways.entries()) {
        await clear(durable);
        const startedMs = performance.now();
        await write(sampleBatches(round + 1));
        // The first round warms caches and plans up.
        if (round >= 0) seconds[index]?.push((performance.now() - startedMs) / 1000);
      }
    }
    await clear(durable);
    return ways.map(([name], index) => {
      const own = seconds[index] ?? [];
      return {
        name,
        rowsPerSecond: Math.round(BATCH * BATCHES / median(own)),
        ratio: median(own.map((value, round) => (seconds[0]?.[round] ?? NaN) / value)),
      };
    });
  } finally {
    await Promise.all([durable.end(), quick.end(), copying.end()]);
  }
}

async function upsertAll(
  database: Database,
  batches: readonly (readonly Candle[])[],
): Promise<void> {
  const store = new CandleStore(database, database);
  for (const batch of batches) await store.upsert(batch);
}

/** Upserts redelivered or republished batches, of which nothing is written. */
async function repeatAll(
  database: Database,
  batches: readonly (readonly Candle[])[],
): Promise<void> {
  const [first = []] = batches;
  await upsertAll(database, batches.map(() => first));
}

/** All rows in one COPY: no round trips, nothing but parsing and storing. */
async function copyAll(sql: postgres.Sql, batches: readonly (readonly Candle[])[]): Promise<void> {
  const writable = await sql`COPY candles (product_id, granularity, start, open, high, low,
    close, volume, quote_volume, buy_volume, trades, first_trade_id, last_trade_id, exact, revision)
    FROM STDIN`.writable();
  const done = Promise.withResolvers<void>();
  writable.once("finish", done.resolve);
  writable.once("error", done.reject);
  for (const batch of batches) writable.write(batch.map(copyLine).join(""));
  writable.end();
  await done.promise;
}

function copyLine(candle: Candle): string {
  const { open, high, low, close, volume, quoteVolume, buyVolume } = candle;
  const decimals = [open, high, low, close, volume, quoteVolume, buyVolume].map((value) =>
    value === null ? "\\N" : formatDecimal(value)
  );
  return [
    candle.productId,
    candle.granularity,
    new Date(candle.start * 1000).toISOString(),
    ...decimals,
    candle.trades,
    candle.firstTradeId,
    candle.lastTradeId,
    candle.exact,
    candle.revision,
  ].join("\t") + "\n";
}

/** The candles of a busy minute: many products, one start. */
function sampleBatches(round: number): Candle[][] {
  const first = Math.floor(Date.UTC(2026, 0, 5) / 1000) + round * BATCHES * 120;
  return Array.from(
    { length: BATCHES },
    (_, batch) =>
      Array.from({ length: BATCH }, (_, i): Candle => {
        const price = `${40_000 + (i * 7_919) % 20_000}.${(i * 31) % 90 + 10}`;
        return {
          productId: productId(`BENCH${i % 500}-USD`),
          granularity: "ONE_MINUTE",
          start: epochSeconds(first + (batch * 2 + Math.floor(i / 500)) * 60),
          open: decimal(price),
          high: decimal(price),
          low: decimal(price),
          close: decimal(price),
          volume: decimal(`${i}.12345678`),
          quoteVolume: decimal(`${i * 41_000}.1234567891`),
          buyVolume: decimal(`${i / 2 | 0}.1234`),
          trades: i,
          firstTradeId: 900_000_000 + i,
          lastTradeId: 900_000_400 + i,
          isComplete: true,
          exact: true,
          revision: 0,
        };
      }),
  );
}

async function clear(database: Database): Promise<void> {
  await database`DELETE FROM candles WHERE product_id LIKE 'BENCH%'`;
}

if (import.meta.main) {
  const url = Deno.env.get("DATABASE_URL");
  if (!url) throw new Error("DATABASE_URL is not set");
  const rounds = Number(Deno.args.find((arg) => arg.startsWith("--rounds="))?.slice(9) ?? 7);
  const rows = await benchStore(url, rounds);
  // deno-lint-ignore no-console
  if (Deno.args.includes("--json")) console.log(JSON.stringify(rows));
  // deno-lint-ignore no-console
  else console.table(rows);
}
