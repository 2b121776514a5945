/**
 * Pages of `/api/candles` against their SQL alone, in the same run, with the chunks that each touches: `deno run -A
 * bench/history.ts [--json] [--rows=10000000]`. It fills a separate database: an embedded one in a
 * temporary directory, which takes minutes and some gigabytes for ten million rows. Quote the
 * ratios: machines are shared.
 */
import { fileURLToPath } from "node:url";
import { answerCandles } from "../lib/api/candles.ts";
import { Downloads } from "../lib/api/downloads.ts";
import { FinalPages } from "../lib/api/final_pages.ts";
import { READ_LIMITS } from "../lib/api/read_limits.ts";
import { CostBudget } from "../lib/http/cost_budget.ts";
import { Archive } from "../lib/history/archive.ts";
import { productId } from "../lib/candles/product.ts";
import { startPostgres } from "../lib/embedded/mod.ts";
import { History } from "../lib/history/history.ts";
import { type Database, openDatabase } from "../lib/store/database.ts";
import { parseDatabaseUrl } from "../lib/store/database_url.ts";
import { openStore, type Store } from "../lib/store/store.ts";
import { quantile } from "./quantile.ts";

/** One kind of request. */
export interface HistoryBenchRow {
  readonly name: string;
  readonly sqlP50Ms: number;
  readonly sqlP99Ms: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** The whole answer's time over its first SQL statement's, medians. */
  readonly ratio: number;
  /** Chunks that the statement read, at most. */
  readonly chunks: number;
}

/** What filling took, and reading a whole year as one stream. */
export interface HistoryBench {
  readonly rows: number;
  readonly fillSeconds: number;
  readonly pages: readonly HistoryBenchRow[];
  readonly yearRows: number;
  readonly yearRowsPerSecond: number;
  readonly yearPeakMegabytes: number;
}

interface Kind {
  readonly name: string;
  readonly granularity: string;
  /** Seconds requested before `end`; null: as many as there are. */
  readonly range: number | null;
  readonly limit: number;
  /** The newest page instead of one that ends somewhere. */
  readonly newest?: boolean;
}

const PRODUCTS = 20;
const STARTED_MS = Date.now();
const REQUESTS = 300;
const WARM_UP = 100;
const KINDS: readonly Kind[] = [
  { name: "newest 300 minutes", granularity: "ONE_MINUTE", range: null, limit: 300, newest: true },
  { name: "300 minutes before a time", granularity: "ONE_MINUTE", range: null, limit: 300 },
  { name: "300 minutes of a range", granularity: "ONE_MINUTE", range: 18_000, limit: 300 },
  { name: "1000 minutes before a time", granularity: "ONE_MINUTE", range: null, limit: 1000 },
  { name: "100 × 7m, merged", granularity: "7m", range: null, limit: 100 },
];

/** Fills a database with `rows` minutes and measures. */
export async function benchHistory(url: string, rows: number): Promise<HistoryBench> {
  const database = openDatabase(parseDatabaseUrl(url), { connections: 1, statementTimeoutMs: 0 });
  const store = await openStore(url, { log: { info() {}, warn() {}, error() {} } });
  try {
    await store.ready();
    const minutes = Math.ceil(rows / PRODUCTS);
    const startedMs = performance.now();
    await fill(database, minutes);
    const fillSeconds = (performance.now() - startedMs) / 1000;
    const archive = archiveOf(store);
    const pages: HistoryBenchRow[] = [];
    for (const kind of KINDS) pages.push(await measure(database, archive, kind, minutes));
    return { rows: minutes * PRODUCTS, fillSeconds, pages, ...await readYear(archive, minutes) };
  } finally {
    await Promise.all([database.end(), store.close()]);
  }
}

/** So that the newest minute has just closed, as it has on a running server. */
function firstOf(minutes: number): number {
  return Math.floor(STARTED_MS / 60_000 - minutes) * 60;
}

async function fill(database: Database, minutes: number): Promise<void> {
  await database`SET synchronous_commit = off`;
  for (let product = 0; product < PRODUCTS; product++) {
    await database`INSERT INTO candles SELECT ${nameOf(product)}, 'ONE_MINUTE',
        to_timestamp(${
      firstOf(minutes)
    }::bigint + i * 60), p, p + 12.5, p - 9.25, p + 1.75, v, v * p, v / 2, 40,
        i * 40 + 1, i * 40 + 40, true, 0
      FROM (SELECT i, 40000 + i % 9000 + 0.25 AS p, 1 + (i % 977) / 1000.0 AS v
        FROM generate_series(0::bigint, ${minutes}::bigint - 1) AS i) AS walk`;
  }
  await database`VACUUM ANALYZE candles`;
}

async function measure(
  database: Database,
  archive: Archive,
  kind: Kind,
  minutes: number,
): Promise<HistoryBenchRow> {
  const sqlMs: number[] = [];
  const answerMs: number[] = [];
  let chunks = 0;
  for (let i = -WARM_UP; i < REQUESTS; i++) {
    const id = nameOf((i + WARM_UP) * 7 % PRODUCTS);
    // Spread over all of the past, never the same page twice.
    const place = ((i + WARM_UP) * 0.618_033_988_7) % 1;
    const end = kind.newest
      ? null
      : firstOf(minutes) + Math.floor((0.01 + place * 0.98) * minutes) * 60;
    const query = `product=${id}&granularity=${kind.granularity}&limit=${kind.limit}` +
      (end === null ? "" : `&end=${end}`) +
      (end === null || kind.range === null ? "" : `&start=${end - kind.range}`);
    const statement = statementOf(kind, id, end);
    const [sqlTook, answerTook] = [
      await timed(() => database.unsafe(statement)),
      await timed(() => answer(archive, query)),
    ];
    if (i < 0) continue;
    sqlMs.push(sqlTook);
    answerMs.push(answerTook);
    if (i % 40 === 0) chunks = Math.max(chunks, await chunksOf(database, statement));
  }
  const sqlP50Ms = quantile(sqlMs, 0.5);
  const sqlP99Ms = quantile(sqlMs, 0.99);
  const p50Ms = quantile(answerMs, 0.5);
  const p99Ms = quantile(answerMs, 0.99);
  return { name: kind.name, sqlP50Ms, sqlP99Ms, p50Ms, p99Ms, ratio: p50Ms / sqlP50Ms, chunks };
}

/** A page's statement in its simplest form. */
function statementOf(kind: Kind, id: string, end: number | null): string {
  const parts = Number(/^\d+/.exec(kind.granularity)?.[0] ?? 1);
  const until = end === null ? "" : `AND start < to_timestamp(${end})`;
  const from = end === null || kind.range === null
    ? ""
    : `AND start >= to_timestamp(${end - kind.range})`;
  return `SELECT * FROM candles WHERE product_id = '${id}' AND granularity = 'ONE_MINUTE'
    ${until} ${from} ORDER BY start DESC LIMIT ${kind.limit * parts + 1}`;
}

/** Makes an answer of `/api/candles` and reads it whole. Throws if it is none. */
export async function answer(archive: Archive, query: string): Promise<void> {
  const response = await responseTo(archive, query);
  if (response.status !== 200) throw new Error(await response.text());
  await response.arrayBuffer();
}

/** How many chunks (or the one table) a statement really reads, by its plan. */
async function chunksOf(database: Database, statement: string): Promise<number> {
  const rows = await database.unsafe<{ "QUERY PLAN": string }[]>(`EXPLAIN (ANALYZE) ${statement}`);
  // A hypertable's own line is not a chunk's.
  return rows.filter((row) => /Scan.* on (_hyper_\S+|candles)/.test(row["QUERY PLAN"]))
    .filter((row) => !row["QUERY PLAN"].includes("ChunkAppend"))
    .filter((row) => !row["QUERY PLAN"].includes("never executed")).length;
}

async function readYear(archive: Archive, minutes: number) {
  const yearRows = Math.min(minutes, 365 * 1440);
  const query =
    `product=${nameOf(0)}&granularity=ONE_MINUTE&format=ndjson&start=${firstOf(minutes)}` +
    `&end=${firstOf(minutes) + yearRows * 60}`;
  const before = Deno.memoryUsage().rss;
  const startedMs = performance.now();
  const response = await responseTo(archive, query);
  let peak = before;
  for await (const _ of response.body ?? []) peak = Math.max(peak, Deno.memoryUsage().rss);
  const yearRowsPerSecond = Math.round(yearRows / ((performance.now() - startedMs) / 1000));
  return { yearRows, yearRowsPerSecond, yearPeakMegabytes: Math.round((peak - before) / 2 ** 20) };
}

function responseTo(archive: Archive, query: string): Promise<Response> {
  const services = {
    archive,
    catalogue: { loaded: true, has: () => true },
    downloads: new Downloads(),
    finalPages: new FinalPages(),
    reads: new CostBudget(READ_LIMITS),
  };
  const http = new Request(`http://bench/api/candles?${query}`);
  return answerCandles(services, http, Math.floor(Date.now() / 1000), { address: "bench" });
}

/** The archive over a store alone, without a hub. */
export function archiveOf(store: Store): Archive {
  const history = new History({
    page: (query) => store.candles.page(query),
    current: () => null,
    recent: () => [],
    position: () => null,
    closes: () => Promise.resolve(new Map()),
  });
  return new Archive({
    newest: (query) => history.page(query),
    oldest: (query) => store.ranges.oldest(query),
    stretches: (query) => store.stretches.newest(query),
    summary: (...range) => store.ranges.summary(...range),
    current: () => null,
    recent: () => [],
    position: () => null,
  });
}

function nameOf(product: number): string {
  return productId(`BENCH${product}-USD`);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}

if (import.meta.main) {
  const rows = Number(Deno.args.find((arg) => arg.startsWith("--rows="))?.slice(7) ?? 10_000_000);
  const dataDir = await Deno.makeTempDir({ prefix: "spot-canvas-bench-" });
  const binDir = fileURLToPath(new URL("../.data/bin", import.meta.url));
  const server = await startPostgres({ dataDir, binDir, progress: () => {} });
  try {
    const bench = await benchHistory(server.url, rows);
    const { pages, ...rest } = bench;
    // deno-lint-ignore no-console
    if (Deno.args.includes("--json")) console.log(JSON.stringify(bench));
    else {
      // deno-lint-ignore no-console
      console.table(pages);
      // deno-lint-ignore no-console
      console.table([rest]);
    }
  } finally {
    await server.stop();
    await Deno.remove(dataDir, { recursive: true });
  }
}
