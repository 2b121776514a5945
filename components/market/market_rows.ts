import type { Services } from "../../app.ts";
import type { ExactPast } from "../../lib/history/exact_pasts.ts";
import type { ProductId } from "../../lib/candles/product.ts";
import type { ScreenerFigures } from "../../lib/store/screener_figures.ts";
import type { MarketOrder } from "./market_order.ts";
import { inMarketOrder } from "./market_order.ts";
import type { MarketRow } from "./market_row.ts";
import type { Screen } from "./screen.ts";
import { fits, needsFigures } from "./screen.ts";
import { marketRow, sortable } from "./market_row.ts";

interface KeptRows {
  readonly atMs: number;
  readonly figures: MarketFacts["figures"];
  readonly rows: readonly MarketRow[];
}

/** The part of the market that is read from the database. */
export interface MarketFacts {
  readonly pasts: ReadonlyMap<ProductId, ExactPast>;
  /** As of the last request that needed them. */
  readonly figures: ReadonlyMap<ProductId, ScreenerFigures>;
}

/**
 * Requests within this time share their rows; the page's stream brings newer values immediately.
 */
const KEPT_MS = 200;

const NOT_EXACT: ExactPast = { since: null, state: "waiting" };

const kept = new WeakMap<Services["catalogue"], KeptRows>();

/** All products' rows, most traded first; the same array while it is kept. */
export function marketRows(
  { catalogue, history }: Pick<Services, "catalogue" | "history">,
  { pasts, figures }: MarketFacts,
  nowMs: number,
): readonly MarketRow[] {
  const held = kept.get(catalogue);
  const isFresh = held !== undefined && held.figures === figures && nowMs >= held.atMs &&
    nowMs - held.atMs < KEPT_MS;
  if (isFresh) return held.rows;
  const rows = catalogue.all().map((product) =>
    marketRow(product, history, pasts.get(product.id) ?? NOT_EXACT, figures.get(product.id))
  );
  kept.set(catalogue, { atMs: nowMs, figures, rows });
  return rows;
}

/** Rows in an order; the default is the one they have, so that their array stays the same. */
export function orderedRows(rows: readonly MarketRow[], order: MarketOrder): readonly MarketRow[] {
  if (order.sort === "volume" && order.descending) return rows;
  const keyed = rows.map((row) => ({ ...sortable(row), row }));
  return inMarketOrder(keyed, order).map(({ row }) => row);
}

/** The rows of a screen, in an order, and how many products there are in all. */
export async function screenedRows(
  services: Pick<Services, "catalogue" | "history" | "exactPasts" | "screener">,
  screen: Screen,
  order: MarketOrder,
  nowMs: number,
): Promise<{ readonly all: readonly MarketRow[]; readonly rows: readonly MarketRow[] }> {
  const figures = needsFigures(screen, order.sort)
    ? await services.screener.get()
    : services.screener.known;
  const all = marketRows(services, { pasts: await services.exactPasts.all(), figures }, nowMs);
  const ordered = orderedRows(all, order);
  const isAll = screen.ranges.length === 0;
  return { all, rows: isAll ? ordered : ordered.filter((row) => fits(sortable(row), screen)) };
}
