import type { Services } from "../../app.ts";
import type { MarketOrder } from "./market_order.ts";
import { inMarketOrder } from "./market_order.ts";
import type { MarketRow } from "./market_row.ts";
import { marketRow, sortable } from "./market_row.ts";

interface KeptRows {
  readonly atMs: number;
  readonly rows: readonly MarketRow[];
}

/** Requests within this time share their rows: the page's stream at once brings what is newer. */
const KEPT_MS = 200;

const kept = new WeakMap<Services["catalogue"], KeptRows>();

/** All products' rows, most traded first; the same array while it is kept. */
export function marketRows(
  { catalogue, history }: Pick<Services, "catalogue" | "history">,
  nowMs: number,
): readonly MarketRow[] {
  const held = kept.get(catalogue);
  if (held !== undefined && nowMs - held.atMs < KEPT_MS && nowMs >= held.atMs) return held.rows;
  const rows = catalogue.all().map((product) => marketRow(product, history));
  kept.set(catalogue, { atMs: nowMs, rows });
  return rows;
}

/** Rows in an order; the default is the one they have, so that their array stays the same. */
export function orderedRows(rows: readonly MarketRow[], order: MarketOrder): readonly MarketRow[] {
  if (order.sort === "volume" && order.descending) return rows;
  const keyed = rows.map((row) => ({ ...sortable(row), row }));
  return inMarketOrder(keyed, order).map(({ row }) => row);
}
