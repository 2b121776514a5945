import type { Archive } from "../history/archive.ts";
import type { Candle } from "../candles/candle.ts";
import type { Multiple } from "../candles/multiple.ts";
import type { ProductId } from "../candles/product.ts";
import { pageCost, readCandlePage } from "./candle_page.ts";
import type { CandleRequest } from "./candle_request.ts";

/** The newest candles of a chart. */
export interface ChartWish {
  readonly productId: ProductId;
  readonly multiple: Multiple;
  /** So many at most. */
  readonly limit: number;
}

/** How many rows reading them may take: what it costs. */
export function chartCost(
  archive: Pick<Archive, "current">,
  wish: ChartWish,
  nowSeconds: number,
): number {
  return pageCost(archive, requestOf(wish), wish.limit, nowSeconds);
}

/**
 * Reads a multiple's newest candles, ascending, as if they were of its parts' granularity: so a page shows them. Rejects
 * while the store is down.
 */
export async function readChartCandles(
  archive: Archive,
  wish: ChartWish,
  nowSeconds: number,
): Promise<readonly Candle[]> {
  const { candles } = await readCandlePage(archive, requestOf(wish), wish.limit, nowSeconds);
  return candles.map((candle) => ({ ...candle, granularity: wish.multiple.of }));
}

function requestOf({ productId, multiple, limit }: ChartWish): CandleRequest {
  return {
    productId,
    multiple,
    limit,
    start: null,
    end: null,
    fill: false,
    format: "json",
    isoTimes: false,
  };
}
