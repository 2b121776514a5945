import { runBackfill } from "../repair/backfill.ts";
import { missingCharts } from "../repair/chart_history.ts";
import type { EpochSeconds } from "../candles/granularity.ts";
import type { ProductId } from "../candles/product.ts";
import type { ExchangeRest } from "../coinbase/rest.ts";
import type { Config } from "../config.ts";
import { logger } from "../log.ts";
import type { Store } from "../store/store.ts";

/** What giving charts a past takes. */
export interface ChartBackfillParts {
  readonly config: Pick<Config, "backfillDays" | "retentionDays">;
  readonly store: Pick<Store, "ready" | "candles" | "backfills">;
  readonly rest: Pick<ExchangeRest, "candles">;
  /** From when on a product's trades are known; null if that cannot be told. */
  readonly whenCovered: (
    productId: ProductId,
    signal: AbortSignal,
  ) => Promise<EpochSeconds | null>;
  /** Told when there is more to be seen than before. */
  readonly onHistory: () => void;
  readonly pause: (ms: number) => Promise<void>;
  readonly signal: AbortSignal;
}

/** Below every repair, whose lowest is -1. */
const PRIORITY = -2;
/** Enough for the exchange's rate where an answer takes half a second. */
const WORKERS = 4;
const ROUNDS = 5;
const BETWEEN_ROUNDS_MS = 60_000;

/**
 * Gives charts a past from the exchange's candles, behind everything else that asks the exchange. What fails is tried
 * again some minutes long, and then by the next start.
 */
export async function backfillCharts(
  productIds: readonly ProductId[],
  parts: ChartBackfillParts,
): Promise<void> {
  if (parts.config.backfillDays === 0) return;
  for (let round = 0; round < ROUNDS && !parts.signal.aborted; round++) {
    if (round > 0) await parts.pause(BETWEEN_ROUNDS_MS);
    const isDone = await backfillOnce(productIds, parts);
    parts.onHistory();
    if (isDone) return;
  }
}

async function backfillOnce(
  productIds: readonly ProductId[],
  { config, store, rest, whenCovered, signal }: ChartBackfillParts,
): Promise<boolean> {
  const log = logger("backfill");
  let failures = 0;
  try {
    await store.ready();
    const pieces = missingCharts(productIds, config.backfillDays, {
      before: (productId) => whenCovered(productId, signal),
      keptDays: config.retentionDays,
      missing: (...asked) => store.backfills.missing(...asked),
      count: (...asked) => store.candles.count(...asked),
    });
    const target = { source: rest, candles: store.candles, coverage: store.backfills };
    await runBackfill(pieces, target, {
      workers: WORKERS,
      priority: PRIORITY,
      stop: signal,
      signal,
      onPiece: (outcome) => {
        if (outcome.kind === "stored") return;
        const { piece: { productId, granularity }, error } = outcome;
        failures++;
        log.debug("{productId} {granularity} could not be backfilled", {
          productId,
          granularity,
          error,
        });
      },
    });
  } catch (error) {
    if (!signal.aborted) log.debug("charts could not be backfilled", { error });
    return false;
  }
  return failures === 0;
}
