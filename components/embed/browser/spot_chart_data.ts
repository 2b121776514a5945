import type { FetchedPage } from "../../../lib/browser/candle_pages.ts";
import { fetchCandlePage } from "../../../lib/browser/candle_pages.ts";
import { decimal, formatDecimal } from "../../../lib/candles/decimal.ts";
import type { Granularity } from "../../../lib/candles/granularity.ts";
import type { ProductId } from "../../../lib/candles/product.ts";
import { priceDigits } from "../../site/price.ts";

/** What a chart begins with. */
export interface SpotChartData extends FetchedPage {
  /** Fraction digits of the product's prices. */
  readonly digits: number;
}

/** Fetches a product's tick and newest candles from a server. Rejects if it does not answer with them. */
export async function fetchSpotChartData(
  base: string,
  productId: ProductId,
  granularity: Granularity,
  signal: AbortSignal,
): Promise<SpotChartData> {
  const query = new URLSearchParams({ product: productId, granularity, limit: "300" });
  const [page, tick] = await Promise.all([
    fetchCandlePage(`${base}/api/candles?${query}`, signal),
    fetchTick(`${base}/api/products/${productId}`, signal),
  ]);
  // Without the tick, the newest prices have about as many digits as there will be.
  const most = page.candles.slice(-50).reduce(
    (digits, { close }) => Math.max(digits, formatDecimal(close).split(".")[1]?.length ?? 0),
    0,
  );
  return { ...page, digits: tick === null ? most : priceDigits(decimal(tick), null) };
}

async function fetchTick(url: string, signal: AbortSignal): Promise<string | null> {
  const answer = await fetch(url, { signal });
  // Read as text: a number parsed as JSON may come back as 1e-8.
  return /"quote_increment":([\d.]+)/.exec(await answer.text())?.[1] ?? null;
}
