import { fileURLToPath } from "node:url";
import { productId } from "../../lib/candles/product.ts";
import { startPostgres } from "../../lib/embedded/mod.ts";
import { type Database, openDatabase } from "../../lib/store/database.ts";
import { parseDatabaseUrl } from "../../lib/store/database_url.ts";
import { openStore } from "../../lib/store/store.ts";
import { answer, archiveOf } from "../history.ts";
import type { GrowthPoint } from "./curve.ts";
import { Cost } from "./usage.ts";

const PRODUCTS = 4;
const MINUTES_OF_DAY = 1_440;
const WARM_UP = 20;
const REQUESTS = 60;
/** Minutes of a page. */
const LIMIT = 300;

/**
 * A page of 300 minutes of a product's newest day, in a database with more and more days before it. The cost is per
 * row; waits are those of a whole answer.
 */
export async function measureDays(days: readonly number[]): Promise<GrowthPoint[]> {
  const dataDir = await Deno.makeTempDir({ prefix: "spot-canvas-bench-" });
  const binDir = fileURLToPath(new URL("../../.data/bin", import.meta.url));
  const server = await startPostgres({ dataDir, binDir, progress: () => {} });
  const database = openDatabase(parseDatabaseUrl(server.url), {
    connections: 1,
    statementTimeoutMs: 0,
  });
  const store = await openStore(server.url, { log: { info() {}, warn() {}, error() {} } });
  try {
    await store.ready();
    const archive = archiveOf(store);
    const endS = Math.floor(Date.now() / 86_400_000) * 86_400;
    const points: GrowthPoint[] = [];
    let filled = 0;
    for (const size of days) {
      await fill(database, endS, filled, size);
      filled = size;
      let cost = new Cost();
      for (let request = -WARM_UP; request < REQUESTS; request++) {
        if (request === 0) cost = new Cost();
        const end = endS - (request + WARM_UP) * 600;
        const id = nameOf((request + WARM_UP) % PRODUCTS);
        await cost.of(() =>
          answer(archive, `product=${id}&granularity=ONE_MINUTE&limit=${LIMIT}&end=${end}`)
        );
      }
      points.push(cost.point(size, REQUESTS * LIMIT));
    }
    return points;
  } finally {
    await Promise.all([database.end(), store.close()]);
    await server.stop();
    await Deno.remove(dataDir, { recursive: true });
  }
}

/** The days before `endS`, from `from` days back to `to` days back. */
async function fill(database: Database, endS: number, from: number, to: number): Promise<void> {
  await database`SET synchronous_commit = off`;
  for (let product = 0; product < PRODUCTS; product++) {
    await database`INSERT INTO candles SELECT ${nameOf(product)}, 'ONE_MINUTE',
        to_timestamp(${endS}::bigint - i * 60), p, p + 12.5, p - 9.25, p + 1.75, v, v * p, v / 2,
        40, 900000000 - i * 40 + 1, 900000000 - i * 40 + 40, true, 0
      FROM (SELECT i, 40000 + i % 9000 + 0.25 AS p, 1 + (i % 977) / 1000.0 AS v
        FROM generate_series(${from * MINUTES_OF_DAY + 1}::bigint, ${
      to * MINUTES_OF_DAY
    }::bigint) AS i) AS walk`;
  }
  await database`VACUUM ANALYZE candles`;
}

function nameOf(product: number): string {
  return productId(`BENCH${product}-USD`);
}
