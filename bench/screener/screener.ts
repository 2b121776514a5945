/**
 * What the dashboard is screened by: the times of its two statements for 500 products, and of all figures when none is
 * kept; what visitors wait for; and the statements' plans. `--products=500` for another number. It fills the database of
 * `DATABASE_URL`, which `deno task bench` brings.
 */
import { epochSeconds } from "../../lib/candles/granularity.ts";
import { Screener } from "../../lib/history/screener.ts";
import { type Database, openDatabase } from "../../lib/store/database.ts";
import { parseDatabaseUrl } from "../../lib/store/database_url.ts";
import { migrate } from "../../lib/store/migrations.ts";
import { HOURLY, RECENT, ScreenerStore } from "../../lib/store/screener_store.ts";
import { quantile } from "../quantile.ts";
import { benchProduct } from "./market.ts";
import { measurePages, type PageTimes } from "./pages.ts";

const RUNS = 200;
const WARM_UP = 10;
/** Days of each granularity, and the seconds of its candles. */
const FILLED = "('ONE_HOUR', 9, 3600), ('FIVE_MINUTE', 9, 300), ('ONE_MINUTE', 1, 60)";

const products = Number(Deno.args.find((arg) => arg.startsWith("--products="))?.slice(11) ?? 500);
const isJson = Deno.args.includes("--json");
const target = parseDatabaseUrl(Deno.env.get("DATABASE_URL") ?? "");
const database = openDatabase(target, { connections: 3, statementTimeoutMs: 0 });
try {
  await migrate(database, "up");
  const until = epochSeconds(Math.floor(Date.now() / 300_000) * 300);
  const rows = await fill(database, until);
  const ids = Array.from({ length: products }, (_, index) => benchProduct(index));
  const store = new ScreenerStore(database);
  const [recent, hourly, all] = [
    await timesOf(RUNS, () => store.recent(ids, { until })),
    await timesOf(RUNS, () => store.hourly(ids, { until })),
    await timesOf(RUNS, async () => {
      const figures = await screenerOf(store).get();
      if (![...figures.values()].every(({ rsi, weekAgo }) => rsi !== null && weekAgo !== null)) {
        throw new Error("a product has no figures");
      }
    }),
  ];
  const { pages, longestTurnMs } = await measurePages(screenerOf(store), ids);
  const plans = {
    recent: await planOf(RECENT, ids, until),
    hourly: await planOf(HOURLY, ids, until),
  };
  if (isJson) {
    const figures = { products, rows, recent, hourly, all, pages, longestTurnMs, plans };
    console.log(JSON.stringify({ bench: "screener", ...figures }));
  } else {
    console.log(`${products} products, ${rows} candles; median and 99th percentile
every 15 s, from five-minute candles: ${text(recent)}
every minute, from hours, if it were one statement: ${text(hourly)}
all figures when none is kept: ${text(all)}
${pages.map(pageText).join("\n")}
longest turn of the event loop: ${longestTurnMs.toFixed(1)} ms`);
    for (const plan of Object.values(plans)) console.log(`\n${plan.join("\n")}`);
  }
} finally {
  await database.end();
}
Deno.exit(0);

function screenerOf(store: ScreenerStore): Screener {
  return new Screener({
    products: () => Array.from({ length: products }, (_, index) => benchProduct(index)),
    recent: (some, window) => store.recent(some, window),
    hourly: (some, window) => store.hourly(some, window),
  });
}

interface Times {
  readonly p50Ms: number;
  readonly p99Ms: number;
}

async function timesOf(runs: number, run: () => Promise<unknown>): Promise<Times> {
  const times: number[] = [];
  for (let count = -WARM_UP; count < runs; count++) {
    const startedMs = performance.now();
    await run();
    if (count >= 0) times.push(performance.now() - startedMs);
  }
  return { p50Ms: quantile(times, 0.5), p99Ms: quantile(times, 0.99) };
}

function pageText({ path, requests, cpuP50Ms, cpuP99Ms, ...times }: PageTimes): string {
  const cpu = text({ p50Ms: cpuP50Ms, p99Ms: cpuP99Ms });
  return `${path}, ${requests} requests: ${text(times)}; processor time ${cpu}`;
}

function text({ p50Ms, p99Ms }: Times): string {
  return `${p50Ms.toFixed(1)} ms, ${p99Ms.toFixed(1)} ms`;
}

/** In the order in which candles close, so that a product's are spread as they are in use. Returns how many there are. */
async function fill(database: Database, until: number): Promise<number> {
  await database`SET synchronous_commit = off`;
  await database.unsafe(
    `INSERT INTO candles SELECT 'C' || lpad(n::text, 4, '0') || '-USD', granularity, to_timestamp(ends - seconds),
        p, p + 1.5, p - 1.25, p + 0.25, v, v * p, v / 2, 40, i * 40 + 1, i * 40 + 40, true, 0
      FROM (VALUES ${FILLED}) AS f (granularity, days, seconds),
        LATERAL (SELECT i, $1::bigint / seconds * seconds - (i - 1) * seconds AS ends
          FROM generate_series(1::bigint, days * 86400 / seconds) AS i) AS walk,
        LATERAL (SELECT n, 400 + (i * 7 + n) % 90 + n / 1000.0 AS p, 1 + (i % 977) / 1000.0 AS v
          FROM generate_series(0, $2::integer - 1) AS n) AS market
      ORDER BY ends, granularity, n`,
    [until, products],
  );
  await database`VACUUM ANALYZE candles`;
  const [counted] = await database<
    { rows: number }[]
  >`SELECT count(*)::float8 AS rows FROM candles`;
  return counted?.rows ?? 0;
}

async function planOf(
  statement: string,
  ids: readonly string[],
  until: number,
): Promise<readonly string[]> {
  const rows = await database.unsafe<{ "QUERY PLAN": string }[]>(
    `EXPLAIN (ANALYZE, BUFFERS) ${statement}`,
    [`{${ids.join(",")}}`, until],
  );
  return rows.map((row) => row["QUERY PLAN"]);
}
