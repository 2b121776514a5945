import type { CatalogueProduct, Services } from "../../app.ts";
import type { Sparkline } from "../../lib/history/history.ts";
import type { ScreenerFigures } from "../../lib/store/screener_figures.ts";
import type { ExactPast } from "../../lib/history/exact_pasts.ts";
import { candleKey } from "../../lib/candles/candle.ts";
import type { Decimal } from "../../lib/candles/decimal.ts";
import { toNumber } from "../../lib/candles/decimal.ts";
import type { Change } from "./change.ts";
import { changeSince } from "./change.ts";
import type { Sortable } from "./market_order.ts";
import { referencePrice } from "./reference_price.ts";
import { screenValues } from "./screen_values.ts";
import type { ScreenValues } from "./screen_values.ts";

/** One product on the dashboard: its catalogue entry, brought up to the newest candle. */
export interface MarketRow {
  readonly product: CatalogueProduct;
  /** The newest candle's close; the catalogue's price where there is none yet. */
  readonly price: Decimal | null;
  /** The price 24 hours ago, for drawing and percentages. */
  readonly reference: number | null;
  readonly change: Change | null;
  readonly sparkline: Sparkline;
  readonly exact: ExactPast;
  readonly screen: ScreenValues;
}

/** A product's row as of now. */
export function marketRow(
  product: CatalogueProduct,
  history: Services["history"],
  exact: ExactPast,
  figures: ScreenerFigures | undefined,
): MarketRow {
  const candle = history.current(candleKey(product.id, "ONE_MINUTE"));
  const price = candle?.close ?? product.price;
  const reference = referencePrice(product.price, product.priceChange24h);
  return {
    product,
    price,
    reference,
    change: price === null ? null : changeSince(reference, toNumber(price)),
    sparkline: history.sparkline(product.id),
    exact,
    screen: screenValues(figures, price === null ? null : toNumber(price)),
  };
}

/** What the row is ordered by. */
export function sortable({ product, price, reference, exact, screen }: MarketRow): Sortable {
  const value = price === null ? null : toNumber(price);
  return {
    name: product.baseName.toLowerCase(),
    price: value,
    change: value === null || reference === null ? null : (value / reference - 1) * 100,
    volume: product.quoteVolume24h === null ? null : toNumber(product.quoteVolume24h),
    // Negated, since an earlier start means a longer exact past.
    exact: exact.since === null ? null : -exact.since,
    ...screen,
  };
}
