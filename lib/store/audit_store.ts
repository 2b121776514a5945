import type { Candle } from "../candles/candle.ts";
import { decimal } from "../candles/decimal.ts";
import {
  type EpochSeconds,
  epochSeconds,
  type Granularity,
  GRANULARITY_SECONDS,
  isGranularity,
} from "../candles/granularity.ts";
import { type ProductId, productId } from "../candles/product.ts";
import type { AuditChanges, AuditedStretch, KeptDisagreement } from "../exchange/disagreement.ts";
import { type ExchangeValues, valuesText } from "../exchange/exchange_candle.ts";
import type { CandleStore } from "./candle_store.ts";
import type { Database } from "./database.ts";

/**
 * The audit's state and results in PostgreSQL: what was compared with the exchange's own candles.
 */
export class AuditStore {
  constructor(private readonly database: Database, private readonly stored: CandleStore) {}

  /** The stored candles that start in `start` ≤ … < `end`, ascending. */
  candles(
    productId: ProductId,
    granularity: Granularity,
    start: EpochSeconds,
    end: EpochSeconds,
  ): Promise<Candle[]> {
    const limit = Math.max(1, Math.ceil((end - start) / GRANULARITY_SECONDS[granularity]));
    return this.stored.page({ productId, granularity, start, end, limit });
  }

  /** All stretches, and the newest disagreements that are not resolved, ascending by when they were found. */
  async read(
    limit: number,
  ): Promise<{ readonly stretches: AuditedStretch[]; readonly disagreements: KeptDisagreement[] }> {
    const stretches = await this.database.unsafe<StretchRow[]>(
      `SELECT product_id, granularity, extract(epoch FROM audited_from)::bigint AS from_s,
         extract(epoch FROM audited_until)::bigint AS until_s
       FROM audits WHERE audited_from IS NOT NULL AND audited_until IS NOT NULL`,
    );
    const disagreements = await this.database.unsafe<DisagreementRow[]>(
      `SELECT product_id, granularity, extract(epoch FROM start)::bigint AS start, ours, exchanges,
         state, floor(extract(epoch FROM found_at) * 1000)::bigint AS found_ms
       FROM disagreements WHERE state <> 'resolved' ORDER BY found_at DESC LIMIT $1`,
      [limit],
    );
    return {
      stretches: stretches.flatMap(stretchOf),
      disagreements: disagreements.flatMap(disagreementOf).reverse(),
    };
  }

  /**
   * Adds to the counts, moves the stretches and keeps the disagreements, all in one transaction.
   */
  async write({ stretches, counts, disagreements }: AuditChanges): Promise<void> {
    const audits = new Map<string, AuditRow>();
    const rowOf = (key: Pick<AuditedStretch, "productId" | "granularity">) => {
      const name = `${key.productId} ${key.granularity}`;
      const row = audits.get(name) ?? {
        product_id: key.productId,
        granularity: key.granularity,
        from_s: null,
        until_s: null,
        equal: 0,
        different: 0,
      };
      audits.set(name, row);
      return row;
    };
    for (const one of stretches) {
      Object.assign(rowOf(one), { from_s: one.from, until_s: one.until });
    }
    for (const one of counts) {
      Object.assign(rowOf(one), { equal: one.equal, different: one.different });
    }
    await this.database.unsafe(WRITE, [
      JSON.stringify([...audits.values()]),
      JSON.stringify(disagreements.map(written)),
    ]);
  }

  /** Until when a product's minutes and five minutes were compared, by product; those without are absent. */
  async auditedUntil(): Promise<Map<ProductId, EpochSeconds>> {
    const rows = await this.database.unsafe<{ product_id: string; until_s: string }[]>(
      `SELECT product_id, extract(epoch FROM min(audited_until))::bigint AS until_s
       FROM audits WHERE audited_until IS NOT NULL GROUP BY product_id`,
    );
    return new Map(
      rows.map((row) => [productId(row.product_id), epochSeconds(Number(row.until_s))]),
    );
  }
}

interface AuditRow {
  readonly product_id: string;
  readonly granularity: string;
  readonly from_s: number | null;
  readonly until_s: number | null;
  readonly equal: number;
  readonly different: number;
}

// One statement, so that behind a pooler too it is one transaction.
const WRITE = `WITH audited AS (
    INSERT INTO audits AS held (product_id, granularity, audited_from, audited_until, equal, different)
    SELECT product_id, granularity, to_timestamp(from_s), to_timestamp(until_s), equal, different
    FROM json_to_recordset($1::json) AS n (product_id text, granularity text, from_s bigint,
      until_s bigint, equal bigint, different bigint)
    ON CONFLICT (product_id, granularity) DO UPDATE SET
      audited_from = coalesce(excluded.audited_from, held.audited_from),
      audited_until = coalesce(excluded.audited_until, held.audited_until),
      equal = held.equal + excluded.equal, different = held.different + excluded.different
  )
  INSERT INTO disagreements AS held (product_id, granularity, start, ours, exchanges, state, found_at,
    asked_at)
  SELECT product_id, granularity, to_timestamp(start), ours, exchanges, state,
    to_timestamp(found_ms / 1000.0), CASE WHEN state = 'open' THEN NULL ELSE now() END
  FROM json_to_recordset($2::json) AS n (product_id text, granularity text, start bigint, ours text,
    exchanges text, state text, found_ms bigint)
  ON CONFLICT (product_id, granularity, start) DO UPDATE SET
    ours = excluded.ours, exchanges = excluded.exchanges, state = excluded.state,
    found_at = excluded.found_at, asked_at = excluded.asked_at`;

interface StretchRow {
  readonly product_id: string;
  readonly granularity: string;
  readonly from_s: string;
  readonly until_s: string;
}

interface DisagreementRow {
  readonly product_id: string;
  readonly granularity: string;
  readonly start: string;
  readonly ours: string | null;
  readonly exchanges: string | null;
  readonly state: string;
  readonly found_ms: string;
}

/** Null for a granularity that this version does not know. */
function stretchOf({ product_id, granularity, from_s, until_s }: StretchRow): AuditedStretch[] {
  if (!isGranularity(granularity)) return [];
  return [{
    productId: productId(product_id),
    granularity,
    from: epochSeconds(Number(from_s)),
    until: epochSeconds(Number(until_s)),
  }];
}

function disagreementOf(row: DisagreementRow): KeptDisagreement[] {
  const { granularity, state } = row;
  if (!isGranularity(granularity) || (state !== "open" && state !== "confirmed")) return [];
  return [{
    productId: productId(row.product_id),
    granularity,
    start: epochSeconds(Number(row.start)),
    ours: valuesOf(row.ours),
    exchanges: valuesOf(row.exchanges),
    state,
    foundMs: Number(row.found_ms),
  }];
}

function written(one: KeptDisagreement) {
  return {
    product_id: one.productId,
    granularity: one.granularity,
    start: one.start,
    ours: valuesText(one.ours),
    exchanges: valuesText(one.exchanges),
    state: one.state,
    found_ms: Math.trunc(one.foundMs),
  };
}

/** Throws a `TypeError` for any other text. */
function valuesOf(text: string | null): ExchangeValues | null {
  if (text === null) return null;
  const [open = "", high = "", low = "", close = "", volume = ""] = text.split(" ");
  return {
    open: decimal(open),
    high: decimal(high),
    low: decimal(low),
    close: decimal(close),
    volume: decimal(volume),
  };
}
