import { z } from "zod";
import { type Decimal, formatDecimal } from "../../candles/decimal.ts";
import { type EpochSeconds, epochSeconds } from "../../candles/granularity.ts";
import { type Multiple, multipleStart } from "../../candles/multiple.ts";
import type { WireCandle } from "../../candles/wire.ts";
import type { Requester } from "../../http/cost_budget.ts";
import { entityResponse, tagOf } from "../../http/entity.ts";
import { pageCost, readCandlePage } from "../candle_page.ts";
import { type CandleRequest, roundedUp } from "../candle_request.ts";
import { type HistoryServices, unreadProblem } from "../candles.ts";
import { LAST_SECOND, optional, readQuery, required } from "../parameters.ts";
import { LEAST_COST } from "../read_limits.ts";
import { unknownProduct } from "../unknown_product.ts";
import { SYMBOL } from "./catalogue.ts";
import { udfBadQuery, udfFailure } from "./failure.ts";
import { parseResolution, RESOLUTION_SHAPE } from "./resolution.ts";

/** Most bars of an answer, the newest of the range. */
export const MAX_BARS = 5000;

const TIME_SHAPE = "epoch seconds";

const time = (description: string) =>
  optional(readTime, TIME_SHAPE, null, {
    description,
    example: 1775572200,
    override: { type: "integer", minimum: -999_999_999_999, maximum: LAST_SECOND },
  });

export const UDF_HISTORY_QUERY = z.object({
  symbol: SYMBOL,
  resolution: required(parseResolution, RESOLUTION_SHAPE, {
    description: `How long a bar is: ${RESOLUTION_SHAPE}.`,
    example: "60",
  }),
  from: time("Start of the first bar, inclusive, in epoch seconds; `countback` makes it needless."),
  to: time("Where the range ends, exclusive, in epoch seconds; without it with the live bar."),
  countback: optional(readCount, "1 or more", null, {
    description: "How many bars are wanted before `to`, whatever `from` is; at most " +
      `${MAX_BARS} are answered.`,
    example: 300,
    override: { type: "integer", minimum: 1, maximum: 999_999_999 },
  }),
}).refine(isBounded, {
  path: ["from"],
  message: `${TIME_SHAPE} that are not later than to, or countback in its place`,
  // Checked also when other values are wrong, so that every bad one is named.
  when: () => true,
});

/**
 * Answers `GET /udf/history`: bars as columns, ascending. If the range has none but there are older ones, `nextTime` is
 * the start of the newest of those. It costs the same as that page of `/api/candles`.
 */
export async function answerUdfHistory(
  { archive, catalogue, reads }: HistoryServices,
  http: Request,
  nowSeconds: number,
  requester: Requester,
): Promise<Response> {
  const { values, errors } = readQuery(UDF_HISTORY_QUERY, new URL(http.url).searchParams);
  if (errors !== null) return udfBadQuery(errors);
  const { symbol: productId, resolution: multiple, from, to, countback } = values;
  const problem = unknownProduct(catalogue, productId);
  if (problem !== null) return udfFailure(problem);
  const limit = Math.min(countback ?? MAX_BARS, MAX_BARS);
  const start = countback !== null || from === null ? null : roundedUp(from, multiple);
  const end = to === null ? null : roundedUp(to, multiple);
  const request: CandleRequest = {
    productId,
    multiple,
    start,
    end,
    limit,
    fill: false,
    format: "json",
    isoTimes: false,
  };
  const cost = pageCost(archive, request, limit, nowSeconds) + LEAST_COST;
  try {
    return await reads.run(requester, cost, async () => {
      const page = await readCandlePage(archive, request, limit, nowSeconds);
      if (page.candles.length > 0) return answered(http, barsText(page.candles), page.final);
      const older = start === null ? null : await archive.before(productId, multiple.of, start);
      return answered(http, noDataText(older?.start ?? null, multiple), false);
    });
  } catch (error) {
    return udfFailure(unreadProblem(error));
  }
}

function answered(http: Request, text: string, final: boolean): Response {
  const bytes = new TextEncoder().encode(text);
  const tag = tagOf(bytes);
  return entityResponse(http, { contentType: "application/json", tag, final, body: () => bytes });
}

function barsText(candles: readonly WireCandle[]): string {
  const column = (value: (candle: WireCandle) => Decimal) =>
    candles.map((candle) => formatDecimal(value(candle))).join(",");
  return `{"s":"ok","t":[${candles.map(({ start }) => start).join(",")}],` +
    `"o":[${column(({ open }) => open)}],"h":[${column(({ high }) => high)}],` +
    `"l":[${column(({ low }) => low)}],"c":[${column(({ close }) => close)}],` +
    `"v":[${column(({ volume }) => volume)}]}`;
}

function noDataText(older: EpochSeconds | null, multiple: Multiple): string {
  return older === null
    ? '{"s":"no_data"}'
    : `{"s":"no_data","nextTime":${multipleStart(older, multiple)}}`;
}

/** A chart that is dragged far to the left requests times before 1970. */
function readTime(text: string): EpochSeconds | null {
  const seconds = /^-?\d{1,12}$/.test(text) ? Number(text) : NaN;
  return seconds <= LAST_SECOND ? epochSeconds(Math.max(0, seconds)) : null;
}

function readCount(text: string): number | null {
  const count = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  return count >= 1 ? count : null;
}

/** Values that could not be read are still texts here; their errors are reported already. */
function isBounded(
  { from, to, countback }: {
    readonly from?: unknown;
    readonly to?: unknown;
    readonly countback?: unknown;
  },
): boolean {
  if (typeof countback === "number" || typeof from === "string") return true;
  if (from === null || from === undefined) return typeof countback === "string";
  return typeof from !== "number" || typeof to !== "number" || from <= to;
}
