/**
 * What the dashboard is screened by: the time of its one statement for 500 products, and its plan. `--products=500` for
 * another number. It fills the database of `DATABASE_URL`, which `deno task bench` brings.
 */
import { epochSeconds } from "../lib/candles/granularity.ts";
import { productId } from "../lib/candles/product.ts";
import { type Database, openDatabase } from "../lib/store/database.ts";
import { parseDatabaseUrl } from "../lib/store/database_url.ts";
import { migrate } from "../lib/store/migrations.ts";
import { SCREEN, ScreenerStore } from "../lib/store/screener_store.ts";
import { quantile } from "./quantile.ts";

const RUNS = 300;
const WARM_UP = 10;
/** Days of each granularity, and the seconds of its candles. */
const FILLED = [["ONE_HOUR", 9, 3600], ["FIVE_MINUTE", 9, 300], ["ONE_MINUTE", 1, 60]] as const;

const products = Number(Deno.args.find((arg) => arg.startsWith("--products="))?.slice(11) ?? 500);
const isJson = Deno.args.includes("--json");
const target = parseDatabaseUrl(Deno.env.get("DATABASE_URL") ?? "");
const database = openDatabase(target, { connections: 1, statementTimeoutMs: 0 });
try {
  await migrate(database, "up");
  const until = epochSeconds(Math.floor(Date.now() / 300_000) * 300);
  const rows = await fill(database, until);
  const ids = Array.from({ length: products }, (_, index) => productId(nameOf(index)));
  const store = new ScreenerStore(database);
  const times: number[] = [];
  for (let run = -WARM_UP; run < RUNS; run++) {
    const startedMs = performance.now();
    const figures = await store.figures(ids, { until });
    if (run >= 0) times.push(performance.now() - startedMs);
    if (![...figures.values()].every(({ rsi, weekAgo }) => rsi !== null && weekAgo !== null)) {
      throw new Error("a product has no figures");
    }
  }
  const [p50Ms, p99Ms] = [quantile(times, 0.5), quantile(times, 0.99)];
  const plan = await planOf(database, ids, until);
  if (isJson) {
    console.log(JSON.stringify({ bench: "screener", products, rows, p50Ms, p99Ms, plan }));
  } else {
    console.log(
      `${products} products, ${rows} candles: ${p50Ms.toFixed(1)} ms (median), ${
        p99Ms.toFixed(1)
      } ms (99th percentile)\n${plan.join("\n")}`,
    );
  }
} finally {
  await database.end();
}

/** Returns how many candles there are. */
async function fill(database: Database, until: number): Promise<number> {
  await database`SET synchronous_commit = off`;
  for (const [granularity, days, seconds] of FILLED) {
    const count = days * 86_400 / seconds;
    const newest = Math.floor(until / seconds) * seconds;
    await database`INSERT INTO candles SELECT 'C' || lpad(n::text, 4, '0') || '-USD', ${granularity},
        to_timestamp(${newest}::bigint - i * ${seconds}), p, p + 1.5, p - 1.25, p + 0.25, v, v * p, v / 2, 40,
        i * 40 + 1, i * 40 + 40, true, 0
      FROM generate_series(0, ${products}::integer - 1) AS n,
        LATERAL (SELECT i, 400 + (i * 7 + n) % 90 AS p, 1 + (i % 977) / 1000.0 AS v
          FROM generate_series(1::bigint, ${count}::bigint) AS i) AS walk`;
  }
  await database`VACUUM ANALYZE candles`;
  const [counted] = await database<
    { rows: number }[]
  >`SELECT count(*)::float8 AS rows FROM candles`;
  return counted?.rows ?? 0;
}

async function planOf(
  database: Database,
  ids: readonly string[],
  until: number,
): Promise<readonly string[]> {
  const rows = await database.unsafe<{ "QUERY PLAN": string }[]>(
    `EXPLAIN (ANALYZE, BUFFERS) ${SCREEN}`,
    [`{${ids.join(",")}}`, until],
  );
  return rows.map((row) => row["QUERY PLAN"]);
}

function nameOf(index: number): string {
  return `C${`${index}`.padStart(4, "0")}-USD`;
}
