import type { FetchedPage } from "../../../lib/browser/candle_pages.ts";
import { fetchCandlePage } from "../../../lib/browser/candle_pages.ts";
import type { Candle } from "../../../lib/candles/candle.ts";
import { decimal, formatDecimal } from "../../../lib/candles/decimal.ts";
import { epochSeconds } from "../../../lib/candles/granularity.ts";
import type { Multiple } from "../../../lib/candles/multiple.ts";
import type { ProductId } from "../../../lib/candles/product.ts";
import { candleLink } from "../candle_link.ts";
import { priceDigits } from "../../site/price.ts";

export interface ChartData extends FetchedPage {
  /** Fraction digits of the product's prices. */
  readonly digits: number;
}

/**
 * Fetches a product's tick and newest candles from a server. Rejects if the server does not answer with them; with a
 * `PageRefusal` if it does not know the product.
 */
export async function fetchChartData(
  base: string,
  productId: ProductId,
  multiple: Multiple,
  signal: AbortSignal,
): Promise<ChartData> {
  const newest = candleLink({ productId, granularity: multiple.name, limit: 300 });
  const [page, tick] = await Promise.all([
    fetchCandlePage(base + newest, signal, multiple.of),
    fetchTick(`${base}/api/products/${productId}`, signal),
  ]);
  // Without a tick, the newest prices show how many digits to expect.
  const most = page.candles.slice(-50).reduce(
    (digits, { close }) => Math.max(digits, formatDecimal(close).split(".")[1]?.length ?? 0),
    0,
  );
  return { ...page, digits: tick === null ? most : priceDigits(decimal(tick), null) };
}

/** The stored candles from `from` (epoch seconds) on that a multiple's candles are merged from, ascending by start. */
export async function fetchParts(
  base: string,
  productId: ProductId,
  multiple: Multiple,
  from: number,
  signal: AbortSignal,
): Promise<readonly Candle[]> {
  const start = epochSeconds(from);
  const first = candleLink({ productId, granularity: multiple.of, start, limit: 1000 });
  const parts: Candle[] = [];
  for (let url: string | null = first; url !== null;) {
    const page: FetchedPage = await fetchCandlePage(base + url, signal);
    parts.unshift(...page.candles);
    url = page.next;
  }
  return parts;
}

async function fetchTick(url: string, signal: AbortSignal): Promise<string | null> {
  const answer = await fetch(url, { signal });
  // Read as text: a number parsed as JSON may come back as 1e-8.
  return /"quote_increment":([\d.]+)/.exec(await answer.text())?.[1] ?? null;
}
