import type { EpochSeconds } from "../candles/granularity.ts";
import type { ProductId } from "../candles/product.ts";
import type { Doubt } from "../repair/restore.ts";
import type { Store } from "../store/store.ts";
import type { Clock } from "../time/clock.ts";

/**
 * How far back from the end of the stored candles a start looks for what is not proven: as long as the stream keeps
 * closed candles. Counting from now would miss what was left open before a long absence.
 */
const DOUBT_SECONDS = 72 * 3600;
const MARGIN_SECONDS = 2 * 86_400;

/** The part of the store that doubts are read from. */
export interface DoubtfulStore {
  readonly candles: Pick<Store["candles"], "chain" | "inexactDays" | "newestMinute">;
  readonly gaps: Pick<Store["gaps"], "all" | "settle">;
  readonly mark: Pick<Store["mark"], "doubts">;
}

/** Reads from the database which stretches of the past are not proven. */
export class Doubts {
  /** The newest doubt about the database itself that was examined; null before the first. */
  #newest: number | null = null;

  constructor(
    private readonly store: DoubtfulStore,
    private readonly clock: Clock,
  ) {}

  get newest(): number | null {
    return this.#newest;
  }

  /** Where the stored past is not proven: broken id chains, inexact minutes, gaps that were left open. */
  async read(productIds: readonly ProductId[]): Promise<Doubt[]> {
    const { candles, gaps } = this.store;
    const now = Math.floor(this.clock.wallMs() / 1000);
    const newest = await candles.newestMinute(productIds) ?? now;
    const from = Math.min(now, newest) - DOUBT_SECONDS as EpochSeconds;
    // In a read-only database repaired gaps stay open, which only costs their examination.
    await gaps.settle().catch(() => {});
    const [breaks, days, open, lost] = await Promise.all([
      candles.chain(productIds, from, now as EpochSeconds),
      candles.inexactDays(productIds, from),
      gaps.all(),
      this.#lostRows(productIds),
    ]);
    return [
      ...lost,
      ...breaks.map(({ productId, fromStart, toStart }) => ({
        productId,
        fromMs: fromStart * 1000,
        toMs: toStart * 1000,
      })),
      ...days.map(({ productId, day }) => ({ productId, fromMs: day * 1000, toMs: day * 1000 })),
      ...open.map(({ productId, fromTimeMs, toTimeMs }) => ({
        productId,
        fromMs: fromTimeMs,
        toMs: toTimeMs,
      })),
    ];
  }

  /** Where stored rows were lost: ids that are not contiguous between minutes, exact ones included. */
  async #lostRows(productIds: readonly ProductId[]): Promise<Doubt[]> {
    const { candles, mark } = this.store;
    const doubts = await mark.doubts();
    this.#newest = doubts.at(-1)?.id ?? 0;
    const found: Doubt[] = [];
    for (const { fromMs, toMs } of doubts) {
      // A margin, since a product may not have traded for hours before and after, and clocks
      // differ.
      const from = Math.floor(fromMs / 1000) - MARGIN_SECONDS as EpochSeconds;
      const to = Math.ceil(toMs / 1000) + MARGIN_SECONDS as EpochSeconds;
      const breaks = await candles.chain(productIds, from, to, { exactToo: true });
      for (const { productId, fromStart, toStart } of breaks) {
        found.push({ productId, fromMs: fromStart * 1000, toMs: toStart * 1000 });
      }
    }
    return found;
  }
}
