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
  /** Most candles. */
  readonly limit: number;
}

/** The most rows that reading them takes, which is its cost. */
export function chartCost(
  archive: Pick<Archive, "current">,
  wish: ChartWish,
  nowSeconds: number,
): number {
  return pageCost(archive, requestOf(wish), wish.limit, nowSeconds);
}

/**
 * Reads a multiple's newest candles, ascending, with the granularity of its parts, as pages expect. Rejects while the
 * store is down.
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
