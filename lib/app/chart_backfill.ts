import type { EpochSeconds, Granularity } from "../candles/granularity.ts";
import type { ProductId } from "../candles/product.ts";
import type { ExchangeRest } from "../exchange/exchange_rest.ts";
import type { Config } from "../config.ts";
import { type Logger, logger } from "../log.ts";
import { runBackfill } from "../repair/backfill.ts";
import { missingCharts } from "../repair/chart_history.ts";
import type { Store } from "../store/store.ts";
import { BackOff } from "../time/back_off.ts";
import { type Clock, systemClock } from "../time/clock.ts";
import { pause } from "../time/pause.ts";

/** What giving charts a past takes. */
export interface ChartBackfillParts {
  readonly config: Pick<Config, "backfillDays" | "retentionDays">;
  readonly store: Pick<Store, "ready" | "candles" | "backfills">;
  readonly exchange: {
    readonly granularities: readonly Granularity[];
    readonly rest: Pick<ExchangeRest, "candles">;
  };
  /** The products that are followed now, the most wanted first. */
  products(): readonly ProductId[];
  /** From when on a product's trades are known; null while that cannot be told. */
  coveredFrom(productId: ProductId): EpochSeconds | null;
  /** There may be more to be seen than before. */
  onHistory(): void;
  readonly signal: AbortSignal;
  readonly clock?: Clock;
  readonly log?: Logger;
}

/** Below every repair, whose lowest is -1. */
const PRIORITY = -2;
/** Enough for the exchange's rate where an answer takes half a second. */
const WORKERS = 4;
/** How often it is looked for products that are new, or whose trades are known only now. */
const LOOK_MS = 2000;
const RETRY_MIN_MS = 30_000;
const RETRY_MAX_MS = 1_800_000;

/**
 * Gives every followed product's charts a past from the exchange's candles, behind everything else that asks the
 * exchange. It runs until aborted: a product is done when all its pieces are stored, whenever that is, and products
 * that are followed later get theirs then.
 */
export async function backfillCharts(parts: ChartBackfillParts): Promise<void> {
  if (parts.config.backfillDays === 0) return;
  const { signal, clock = systemClock, log = logger("backfill") } = parts;
  const done = new Set<ProductId>();
  const backOff = new BackOff(RETRY_MIN_MS, RETRY_MAX_MS, clock);
  let failedBefore = 0;
  while (!signal.aborted) {
    const followed = new Set(parts.products());
    // One that is followed again has missed what there was meanwhile.
    for (const product of done) if (!followed.has(product)) done.delete(product);
    const due = [...followed].filter((product) =>
      !done.has(product) && parts.coveredFrom(product) !== null
    );
    const failed = due.length === 0 ? new Set<ProductId>() : await backfillOnce(due, parts, log);
    if (due.length > 0) parts.onHistory();
    for (const product of due) if (!failed.has(product)) done.add(product);
    if (signal.aborted) return;
    if (failed.size === 0) {
      if (failedBefore > 0 && due.length > 0) {
        log.info("charts have their past now, also of {products} products that had failed", {
          products: failedBefore,
        });
        failedBefore = 0;
      }
      backOff.reset();
      await pause(LOOK_MS, signal, clock);
      continue;
    }
    failedBefore = failed.size;
    const waitMs = backOff.nextMs();
    log.warn("the past of {products} products could not be fetched; retrying in {seconds} s", {
      products: failed.size,
      seconds: waitMs / 1000,
    });
    await pause(waitMs, signal, clock);
  }
}

/** One attempt; gives the products of which something is still missing. */
async function backfillOnce(
  productIds: readonly ProductId[],
  { config, store, exchange: { granularities, rest }, coveredFrom, signal }: ChartBackfillParts,
  log: Logger,
): Promise<ReadonlySet<ProductId>> {
  const failed = new Set<ProductId>();
  try {
    await store.ready();
    const pieces = missingCharts(productIds, config.backfillDays, {
      before: (productId) => {
        const from = coveredFrom(productId);
        if (from === null) failed.add(productId);
        return Promise.resolve(from);
      },
      granularities,
      keptDays: config.retentionDays,
      missing: (...query) => store.backfills.missing(...query),
      count: (...query) => store.candles.count(...query),
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
        failed.add(productId);
        log.debug("{productId} {granularity} could not be backfilled", {
          productId,
          granularity,
          error,
        });
      },
    });
  } catch (error) {
    if (!signal.aborted) log.debug("charts could not be backfilled", { error });
    return new Set(productIds);
  }
  return failed;
}
