import type { FetchedPage } from "../../../lib/browser/candle_pages.ts";
import { fetchCandlePage } from "../../../lib/browser/candle_pages.ts";
import type { Candle } from "../../../lib/candles/candle.ts";
import { decimal, formatDecimal } from "../../../lib/candles/decimal.ts";
import { type Multiple, multipleStart } from "../../../lib/candles/multiple.ts";
import type { ProductId } from "../../../lib/candles/product.ts";
import { priceDigits } from "../../site/price.ts";
import { PartMerger } from "./part_merger.ts";

/** What a chart begins with. */
export interface SpotChartData extends FetchedPage {
  /** Fraction digits of the product's prices. */
  readonly digits: number;
  /** Makes the live candles of a multiple; null for a granularity that the stream has. */
  readonly merger: PartMerger | null;
}

/**
 * Fetches a product's tick and newest candles from a server. Rejects if it does not answer with them; with a `PageRefusal`
 * if it does not know the product.
 */
export async function fetchSpotChartData(
  base: string,
  productId: ProductId,
  multiple: Multiple,
  signal: AbortSignal,
): Promise<SpotChartData> {
  const query = new URLSearchParams({
    product: productId,
    granularity: multiple.name,
    limit: "300",
  });
  const [page, tick] = await Promise.all([
    fetchCandlePage(`${base}/api/candles?${query}`, signal, multiple.of),
    fetchTick(`${base}/api/products/${productId}`, signal),
  ]);
  // Without the tick, the newest prices have about as many digits as there will be.
  const most = page.candles.slice(-50).reduce(
    (digits, { close }) => Math.max(digits, formatDecimal(close).split(".")[1]?.length ?? 0),
    0,
  );
  const digits = tick === null ? most : priceDigits(decimal(tick), null);
  const merger = multiple.parts === 1
    ? null
    : await fetchMerger(base, productId, multiple, page.candles.at(-1) ?? null, signal);
  return { ...page, digits, merger };
}

/** The parts of the newest candle: those that come are merged with them. */
async function fetchMerger(
  base: string,
  productId: ProductId,
  multiple: Multiple,
  newest: Candle | null,
  signal: AbortSignal,
): Promise<PartMerger> {
  const from = newest?.start ?? multipleStart(Math.floor(Date.now() / 1000), multiple);
  const query = new URLSearchParams({
    product: productId,
    granularity: multiple.of,
    start: `${from}`,
    limit: "1000",
  });
  const parts: Candle[] = [];
  for (let url: string | null = `/api/candles?${query}`; url !== null;) {
    const page: FetchedPage = await fetchCandlePage(base + url, signal);
    parts.unshift(...page.candles);
    url = page.next;
  }
  return new PartMerger(multiple, from, parts);
}

async function fetchTick(url: string, signal: AbortSignal): Promise<string | null> {
  const answer = await fetch(url, { signal });
  // Read as text: a number parsed as JSON may come back as 1e-8.
  return /"quote_increment":([\d.]+)/.exec(await answer.text())?.[1] ?? null;
}
