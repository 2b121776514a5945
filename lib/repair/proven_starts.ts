import { bucketEnd, bucketStart, type EpochSeconds, epochSeconds } from "../candles/granularity.ts";
import type { ProductId } from "../candles/product.ts";
import type { ProductAggregator } from "../candles/product_aggregator.ts";
import type { PastStore } from "./past_store.ts";
import type { ProvenStart } from "./restore.ts";

/**
 * Where each product's proven past begins. The database gets a start only once it has all candles
 * since, so that its readers may rely on them, even after a crash.
 */
export class ProvenStarts {
  readonly #starts = new Map<ProductId, ProvenStart>();
  /** The starts that the database has, of products whose first publication it has, too. */
  readonly #recorded = new Map<ProductId, EpochSeconds>();
  readonly #beginning = new Set<ProductId>();
  #isRecording = false;

  /** `onRecorded`: the database has a product's start, and so all candles since. */
  constructor(
    private readonly store: Pick<PastStore, "rememberProven" | "isCaughtUp">,
    private readonly onRecorded: (productId: ProductId) => void,
  ) {}

  get(productId: ProductId): ProvenStart | null {
    return this.#starts.get(productId) ?? null;
  }

  /** Whether the database has a product's start, and so all candles since. */
  isRecorded(productId: ProductId): boolean {
    const start = this.get(productId);
    if (start === null) return false;
    // What `observe` finds is published.
    if (start.publishedFrom === undefined) return true;
    return start.from >= (this.#recorded.get(productId) ?? Infinity);
  }

  /** Sets the database's value. */
  set(productId: ProductId, start: ProvenStart): void {
    this.#starts.set(productId, start);
    if (start.publishedFrom !== undefined) this.#note(productId, start.from);
  }

  /** Sets a value read from the database earlier, unless an earlier start is known. */
  learn(productId: ProductId, start: ProvenStart): void {
    const known = this.get(productId);
    if (known === null || start.from < known.from) return this.set(productId, start);
    const { publishedFrom } = start;
    // It was published before this process knew.
    if (publishedFrom === undefined) return;
    this.#starts.set(productId, { ...known, publishedFrom });
    this.#note(productId, start.from);
  }

  /**
   * Takes what is new about a product, and stores immediately that it is published. Returns whether
   * there was something new. Cheap otherwise, since it runs often for every product.
   */
  observe(product: ProductAggregator): boolean {
    const { productId, newest, coverage: { tradesFrom, heldFrom } } = product;
    if (newest === null || !Number.isFinite(tradesFrom)) return false;
    const known = this.get(productId);
    const isEarlier = known === null || tradesFrom < known.from;
    if (!isEarlier && this.#recorded.has(productId)) return false;
    const from = epochSeconds(tradesFrom);
    const proven = {
      ...isEarlier ? { tradeId: product.lastIdBefore(from), from } : known,
      publishedFrom: known?.publishedFrom ?? epochSeconds(heldFrom),
    };
    this.#starts.set(productId, proven);
    if (!this.#recorded.has(productId)) {
      const end = bucketEnd(bucketStart(newest.toTimeMs, "ONE_MINUTE"), "ONE_MINUTE");
      const start = known ?? { tradeId: newest.to, from: end };
      void this.#begin(productId, known, { ...start, publishedFrom: proven.publishedFrom });
    }
    return isEarlier;
  }

  /**
   * Stores which of these products' starts are earlier than the database's, once it has the candles
   * since. What fails is retried at the next call.
   */
  async record(products: Iterable<ProductAggregator>, signal: AbortSignal): Promise<void> {
    if (this.#isRecording) return;
    const starts: [ProductId, ProvenStart][] = [];
    for (const { productId, hasClosed } of products) {
      const start = this.get(productId);
      // What has closed and was not taken yet is not about to be stored.
      if (start !== null && !hasClosed && this.#isUnrecorded(productId, start)) {
        starts.push([productId, start]);
      }
    }
    if (starts.length === 0) return;
    this.#isRecording = true;
    await this.#extend(starts, signal).catch(() => {});
    this.#isRecording = false;
  }

  drop(productId: ProductId): void {
    this.#starts.delete(productId);
    this.#recorded.delete(productId);
  }

  /** Stores from when on a product is published, and that nothing is missing of what has yet to close. */
  async #begin(
    productId: ProductId,
    known: ProvenStart | null,
    start: ProvenStart,
  ): Promise<void> {
    if (this.#beginning.has(productId)) return;
    this.#beginning.add(productId);
    try {
      await this.store.rememberProven(productId, start);
      if (this.get(productId) !== null) this.#note(productId, start.from);
    } catch {
      // A value that was learned in the meantime stays.
      if (this.#recorded.has(productId)) return;
      if (known === null) this.drop(productId);
      else this.#starts.set(productId, known);
    } finally {
      this.#beginning.delete(productId);
    }
  }

  /** The database has a start, at least. */
  #note(productId: ProductId, from: EpochSeconds): void {
    const before = this.#recorded.get(productId) ?? from;
    this.#recorded.set(productId, before < from ? before : from);
  }

  #isUnrecorded(productId: ProductId, { from }: ProvenStart): boolean {
    return from < (this.#recorded.get(productId) ?? -Infinity);
  }

  async #extend(
    starts: readonly (readonly [ProductId, ProvenStart])[],
    signal: AbortSignal,
  ): Promise<void> {
    if (!await this.store.isCaughtUp(signal)) return;
    for (const [productId, start] of starts) {
      if (!this.#isUnrecorded(productId, start)) continue;
      await this.store.rememberProven(productId, start);
      if (this.get(productId) === null) continue;
      this.#note(productId, start.from);
      this.onRecorded(productId);
    }
  }
}
