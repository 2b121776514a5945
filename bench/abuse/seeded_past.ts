import postgres from "postgres";
import { GRANULARITY_SECONDS } from "../../lib/candles/granularity.ts";

const DAYS = 8;
/** The hours whose trades the simulated exchange has are left to the app. */
const UNTIL_HOURS_AGO = 2;

/** Fills a migrated database with a product's past, as a backfill from an exchange's candles leaves it. */
export async function seedPast(databaseUrl: string, productIds: readonly string[]): Promise<void> {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => {} });
  const until = Math.floor(Date.now() / 1000) - UNTIL_HOURS_AGO * 3600;
  try {
    for (const [granularity, seconds] of Object.entries(GRANULARITY_SECONDS)) {
      const last = (Math.floor(until / seconds) - 1) * seconds;
      await sql`
        INSERT INTO candles (product_id, granularity, start, open, high, low, close, volume, exact, revision)
        SELECT id, ${granularity}, to_timestamp(start), 42000.5, 42500.25, 41800.75, 42200.5, 123.45678901, false, 0
        FROM unnest(${productIds}::text[]) AS id,
          generate_series(${
        last - DAYS * 86_400
      }::bigint, ${last}::bigint, ${seconds}::bigint) AS start`;
    }
  } finally {
    await sql.end();
  }
}
