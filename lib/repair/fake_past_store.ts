import { type Candle, compareStates } from "../candles/candle.ts";
import { type EpochSeconds, GRANULARITY_SECONDS } from "../candles/granularity.ts";
import type { ProductId } from "../candles/product.ts";
import { encodeCandle } from "../candles/wire.ts";
import type { KeptGap } from "./gap_book.ts";
import type { PastWindow } from "./past_candles.ts";
import type { PastStore } from "./past_store.ts";
import type { ProvenStart } from "./restore.ts";

/** For tests: a database of closed candles and proven starts, which outlives the walkers. */
export class FakePastStore implements PastStore {
  readonly candles = new Map<string, Candle>();
  readonly #sorted = new Map<ProductId, Candle[]>();
  readonly proven = new Map<ProductId, ProvenStart>();
  readonly openGaps = new Map<string, KeptGap>();
  /** Forbidden changes of stored candles that happened. */
  readonly breaches: string[] = [];
  /** Whether the next write fails. */
  fails: () => boolean = () => false;

  isCaughtUp(): Promise<boolean> {
    return Promise.resolve(true);
  }

  around(productId: ProductId, from: EpochSeconds, to: EpochSeconds): Promise<Candle[]> {
    return Promise.resolve(candlesAround(this.of(productId), from, to));
  }

  beside(productId: ProductId, window: PastWindow): Promise<Candle[]> {
    return Promise.resolve(candlesBeside(this.of(productId), window));
  }

  async storePast(candles: readonly Candle[]): Promise<void> {
    await this.#reachable();
    for (const candle of candles) this.put(candle);
  }

  /** Stores a candle unless it is no better than what is stored. */
  put(candle: Candle): void {
    const name = `${candle.productId} ${candle.granularity} ${candle.start}`;
    const held = this.candles.get(name);
    if (held !== undefined && compareStates(candle, held) <= 0) return;
    if (held?.exact === true) this.breaches.push(`exact, then changed: ${encodeCandle(candle)}`);
    if (held !== undefined && candle.revision !== held.revision + 1) {
      this.breaches.push(`after revision ${held.revision}: ${encodeCandle(candle)}`);
    }
    this.candles.set(name, candle);
    this.#sorted.delete(candle.productId);
  }

  /** Makes a stored candle another one, or absent. */
  replace(name: string, productId: ProductId, candle: Candle | null): void {
    if (candle === null) this.candles.delete(name);
    else this.candles.set(name, candle);
    this.#sorted.delete(productId);
  }

  async rememberProven(productId: ProductId, proven: ProvenStart): Promise<void> {
    await this.#reachable();
    const held = this.proven.get(productId);
    const isEarlier = held === undefined || proven.from < held.from;
    if (isEarlier || proven.hiddenUntilMs !== undefined) {
      this.proven.set(productId, { ...held, ...isEarlier && { hiddenUntilMs: 0 }, ...proven });
    }
  }

  readonly gaps: PastStore["gaps"] = {
    open: async (gaps) => {
      await this.#reachable();
      for (const gap of gaps) this.openGaps.set(`${gap.productId} ${gap.fromId} ${gap.toId}`, gap);
    },
  };

  /** A product's candles, ascending by start. */
  of(productId: ProductId): Candle[] {
    let sorted = this.#sorted.get(productId);
    if (sorted === undefined) {
      sorted = [...this.candles.values()].filter((candle) => candle.productId === productId)
        .sort((a, b) => a.start - b.start);
      this.#sorted.set(productId, sorted);
    }
    return sorted;
  }

  async #reachable(): Promise<void> {
    await Promise.resolve();
    if (this.fails()) throw new Error("the database is down");
  }
}

/** For tests: of a product's candles, ascending, those that start within, and the minutes next to them. */
export function candlesAround(
  candles: readonly Candle[],
  from: EpochSeconds,
  to: EpochSeconds,
): Candle[] {
  const minutes = candles.filter(({ granularity }) => granularity === "ONE_MINUTE");
  return [
    minutes.findLast(({ start }) => start < from),
    ...candles.filter(({ start }) => start >= from && start < to),
    minutes.find(({ start }) => start >= to),
  ].filter((candle) => candle !== undefined);
}

/** For tests: of a product's candles, ascending, those of a window and its neighbours. */
export function candlesBeside(candles: readonly Candle[], window: PastWindow): Candle[] {
  const { smallFrom, smallUntil, largeFrom, largeUntil } = window;
  const minutes = candles.filter(({ granularity }) => granularity === "ONE_MINUTE");
  const hours = candles.filter(({ granularity }) => granularity === "ONE_HOUR");
  const within = candles.filter(({ granularity, start }) =>
    GRANULARITY_SECONDS[granularity] < GRANULARITY_SECONDS.ONE_HOUR
      ? start >= smallFrom && start < smallUntil
      : start >= largeFrom && start < largeUntil
  );
  return [
    minutes.findLast(({ start }) => start < smallFrom),
    minutes.find(({ start }) => start >= smallUntil),
    hours.findLast(({ start }) => start < largeFrom),
    hours.find(({ start }) => start >= largeUntil),
    ...within,
  ].filter((candle) => candle !== undefined);
}
