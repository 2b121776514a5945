import { z } from "zod";
import { formatDecimal } from "../candles/decimal.ts";
import { epochSeconds } from "../candles/granularity.ts";
import { multipleStart } from "../candles/multiple.ts";
import type { WireCandle } from "../candles/wire.ts";
import { problemResponse } from "../http/problem.ts";
import type { Requester } from "../http/cost_budget.ts";
import { pageCost, readCandlePage } from "./candle_page.ts";
import type { CandleRequest } from "./candle_request.ts";
import { type HistoryServices, unreadResponse } from "./candles.ts";
import { unknownProduct } from "./unknown_product.ts";
import { MULTIPLE, optional, PRODUCT, readQuery } from "./parameters.ts";
import { jsonResponse } from "./products.ts";

/** Most candles of an answer, the newest of the range. */
export const MAX_CHART_CANDLES = 200;
const ALLOWED_TIME = "epoch milliseconds";

const milliseconds = (description: string) =>
  optional(readMilliseconds, ALLOWED_TIME, null, { description, example: "1775572200000" });

/** The query of `/history`, with the older chart library's names. */
export const CHART_QUERY = z.object({
  symbol: PRODUCT,
  granularity: MULTIPLE,
  start_time: milliseconds("The first candle's start, inclusive, in epoch milliseconds."),
  end_time: milliseconds("The last candle's start, inclusive, in epoch milliseconds."),
  exchange: z.literal("coinbase", { error: "coinbase" }).optional().meta({
    description: "The one exchange there is.",
  }),
});

/**
 * Answers `GET /history` in the shape of the older chart library. Numbers are written with every digit, though that
 * library reads them as floats.
 */
export async function answerChartHistory(
  { archive, catalogue, reads }: HistoryServices,
  http: Request,
  nowSeconds: number,
  requester: Requester,
): Promise<Response> {
  const { values, errors } = readQuery(CHART_QUERY, new URL(http.url).searchParams);
  if (errors !== null) {
    return problemResponse({ status: 400, title: "The query cannot be used", errors });
  }
  const { symbol: productId, granularity: multiple, start_time: from, end_time: to } = values;
  const problem = unknownProduct(catalogue, productId);
  if (problem !== null) return problemResponse(problem);
  const start = from === null ? null : Math.ceil(from / 1000 / multiple.seconds) * multiple.seconds;
  const end = to === null
    ? null
    : multipleStart(Math.floor(to / 1000), multiple) + multiple.seconds;
  const request: CandleRequest = {
    productId,
    multiple,
    start: start === null ? null : epochSeconds(start),
    end: end === null ? null : epochSeconds(end),
    limit: MAX_CHART_CANDLES,
    fill: false,
    format: "json",
    isoTimes: false,
  };
  const cost = pageCost(archive, request, MAX_CHART_CANDLES, nowSeconds);
  const read = () => readCandlePage(archive, request, MAX_CHART_CANDLES, nowSeconds);
  try {
    const { candles } = await reads.run(requester, cost, read);
    return jsonResponse(http, `{"candles":[${candles.map(chartText).join(",")}]}`);
  } catch (error) {
    return unreadResponse(error);
  }
}

function chartText({ start, open, high, low, close, volume }: WireCandle): string {
  return `{"timestamp":${start * 1000},"open":${formatDecimal(open)},"high":${
    formatDecimal(high)
  },"low":${formatDecimal(low)},"close":${formatDecimal(close)},"volume":${
    formatDecimal(volume)
  },"evaluations":[]}`;
}

function readMilliseconds(text: string): number | null {
  const ms = /^\d{1,15}$/.test(text) ? Number(text) : NaN;
  return ms <= 253_402_300_799_000 ? ms : null;
}
