import type { CatalogueProduct, Services } from "../../app.ts";
import type { Candle } from "../../lib/candles/candle.ts";
import { formatDecimal } from "../../lib/candles/decimal.ts";
import type { EpochSeconds, Granularity } from "../../lib/candles/granularity.ts";
import { bucketStart } from "../../lib/candles/granularity.ts";
import type { ExactPast } from "../../lib/history/exact_pasts.ts";
import type { CandleQuery } from "../../lib/store/candle_store.ts";
import { compactAmount } from "../site/amount.ts";
import { withCurrency } from "../site/plain_price.ts";
import { dayFigures } from "./day_figures.ts";

/**
 * The parts of a product's page that change in the database without being streamed: the page is rendered with them, and
 * polls for them afterwards.
 */
export interface PastNews {
  readonly exact: ExactPast;
  /** A version of the chart's stored past; null while it cannot be read. */
  readonly version: string | null;
  readonly auditedUntil: EpochSeconds | null;
  readonly figures: FigureTexts;
}

/** A product's last 24 hours. */
export interface FigureTexts {
  /** In plain notation; null if not all of the day is known. */
  readonly high: string | null;
  readonly low: string | null;
  /** As they are shown; null if unknown. */
  readonly volume: string | null;
  readonly quoteVolume: string | null;
}

const DAY_MS = 86_400_000;
/** Quarter hours of a day, and the one that it began in: how many rows news take. */
export const DAY_CANDLES = 97;

/** Reads what there is now. Never rejects: what cannot be read is null. */
export async function readPastNews(
  services: Pick<Services, "history" | "auditDates" | "exactPasts" | "pastVersion">,
  product: CatalogueProduct,
  granularity: Granularity,
  nowMs: number,
): Promise<PastNews> {
  const { history, auditDates, exactPasts } = services;
  const [version, exact, auditedUntil, day = []] = await Promise.all([
    services.pastVersion(product.id, granularity).catch(() => null),
    exactPasts.of(product.id),
    auditDates.until(product.id),
    pageOrNone(history, {
      productId: product.id,
      granularity: "FIFTEEN_MINUTE",
      start: bucketStart(nowMs - DAY_MS, "FIFTEEN_MINUTE"),
      limit: DAY_CANDLES,
    }),
  ]);
  return { exact, version, auditedUntil, figures: figureTexts(product, day, nowMs) };
}

/** A page of history; undefined while the store is down. */
async function pageOrNone(
  history: Pick<Services["history"], "page">,
  query: CandleQuery,
): Promise<readonly Candle[] | undefined> {
  try {
    return await history.page(query);
  } catch {
    return undefined;
  }
}

function figureTexts(
  { volume24h, quoteVolume24h, quoteCurrency }: CatalogueProduct,
  candles: readonly Candle[],
  nowMs: number,
): FigureTexts {
  // Extremes of a part of the day are not the day's.
  const isWhole = (candles[0]?.start ?? Infinity) * 1000 < nowMs - DAY_MS * 0.95;
  const day = isWhole ? dayFigures(candles) : null;
  return {
    high: day === null ? null : formatDecimal(day.high),
    low: day === null ? null : formatDecimal(day.low),
    volume: volume24h === null ? null : compactAmount(volume24h),
    quoteVolume: quoteVolume24h === null
      ? null
      : withCurrency(compactAmount(quoteVolume24h), quoteCurrency),
  };
}
