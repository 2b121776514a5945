import { provenStarts, storedStart } from "../lib/app/proven_starts.ts";
import { bucketStart, type EpochSeconds, GRANULARITY_SECONDS } from "../lib/candles/granularity.ts";
import type { ProductId } from "../lib/candles/product.ts";
import type { Config } from "../lib/config.ts";
import type { TradeSource } from "../lib/exchange/trade_source.ts";
import { type PastCounts, PastWalk } from "../lib/repair/past_walk.ts";
import { Planner } from "../lib/repair/planner.ts";
import { describeError } from "../lib/store/database_error.ts";
import type { Store } from "../lib/store/store.ts";
import { systemClock } from "../lib/time/clock.ts";
import { pause } from "../lib/time/pause.ts";

export interface ExactBackfillParts {
  readonly store: Store;
  readonly source: TradeSource;
  readonly config: Pick<Config, "retentionDays">;
  /** Epoch seconds. */
  readonly now: () => number;
  readonly stop: AbortSignal;
  print(line: string): void;
}

const LOOK_MS = 200;
const LINE_MS = 5_000;

/**
 * Rebuilds products' past from trades, from the proven start down to `from`, and records its progress after every page.
 * It works with or without a running app. Returns whether all of it was done.
 */
export async function rebuildExact(
  productIds: readonly ProductId[],
  from: EpochSeconds,
  { store, source, config, now, stop, print }: ExactBackfillParts,
): Promise<boolean> {
  const proven = provenStarts(await store.products.all(), productIds);
  const unknown = productIds.filter((id) => !proven.has(id));
  for (const id of unknown) print(`${id}: never followed, so it is unknown where to begin`);
  const onProblem = (id: ProductId, waitMs: number, error: unknown) =>
    print(`${id}: ${describeError(error)}; again in ${Math.round(waitMs / 1000)} s`);
  const startOf = (id: ProductId) => {
    const start = proven.get(id);
    // The caller does not wait until older trades would be requested again.
    return start === undefined ? null : { ...start, hiddenUntilMs: 0 };
  };
  const walk = new PastWalk({
    source,
    store: {
      gaps: store.gaps,
      isCaughtUp: () => Promise.resolve(true),
      around: (...range) => store.candles.around(...range),
      beside: (...window) => store.candles.beside(...window),
      storePast: (candles) => store.candles.upsert(candles),
      rememberProven: async (id, start) => {
        await store.products.setProven(id, storedStart(start));
      },
    },
    of: (id) => ({
      live: null,
      heldFrom: Infinity,
      isStored: true,
      proven: startOf(id),
      horizon: from,
      keptFrom: (granularity) => {
        const days = config.retentionDays.get(granularity);
        if (days === undefined) return 0;
        return bucketStart((now() - days * GRANULARITY_SECONDS.ONE_DAY) * 1000, granularity);
      },
    }),
    // No bus is needed: of the first day's longest candles, which were published, the database has the better state.
    publish: (_id, candles) => void store.candles.upsert(candles).catch(() => {}),
    onChanged: () => {},
    onReplaced: () => {},
    onProblem,
    onProven: (id, start) => void proven.set(id, start),
    clock: systemClock,
    wanted: () => 0,
    wake: (id) => planner.wake(id),
    onOverflow: () => {},
  });
  const planner: Planner = new Planner({
    clock: systemClock,
    random: Math.random,
    sources: [walk],
    onProblem,
  });
  for (const id of proven.keys()) {
    walk.enqueue(id);
    planner.wake(id);
  }
  let shownMs = systemClock.now();
  while (!stop.aborted && walk.counts.products > walk.counts.hidden) {
    await pause(LOOK_MS, stop);
    if (systemClock.now() - shownMs < LINE_MS) continue;
    shownMs = systemClock.now();
    print(lineOf(walk.counts));
  }
  await planner.close();
  const { products, hidden } = walk.counts;
  if (hidden > 0) print(`${hidden} products: the exchange shows no older trades`);
  print(
    stop.aborted && products > 0 ? "stopped; the next run resumes from here" : lineOf(walk.counts),
  );
  return products === 0 && unknown.length === 0;
}

function lineOf({ products, daysLeft, pagesLeft, secondsLeft }: PastCounts): string {
  if (products === 0) return "all of it is rebuilt from trades";
  const time = secondsLeft === null ? "unknown" : `${Math.ceil(secondsLeft / 60)} min`;
  return `${products} products, ${daysLeft.toFixed(1)} days, ${
    pagesLeft ?? "?"
  } requests left: ${time}`;
}
