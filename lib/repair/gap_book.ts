import type { IdGap } from "../candles/id_intervals.ts";
import type { ProductId } from "../candles/product.ts";
import type { ProductAggregator } from "../candles/product_aggregator.ts";

/** The part of the store that keeps gaps. */
export interface GapKeeper {
  open(gaps: readonly KeptGap[]): Promise<void>;
  close(gap: KeptGap): Promise<void>;
  /** Closes gaps across which the stored candles' trade ids are contiguous, whatever their ids. */
  settle(): Promise<void>;
}

export interface KeptGap extends IdGap {
  readonly productId: ProductId;
}

/** Called for gaps as they open and close. */
export interface GapEvents {
  onOpened(gap: KeptGap): void;
  onRepaired(gap: KeptGap): void;
  /** Trades now follow the one before a gap without a break, whatever closed it or a part of it. */
  onJoined(gap: KeptGap): void;
  /** The product has too many gaps to remember this one: only the database knows it. */
  onForgotten(gap: KeptGap): void;
}

const MAX_UNREPAIRABLE = 10_000;

/**
 * Keeps the database's gaps equal to the aggregators', and knows which of them no request filled. While the database is
 * down, changes wait here, one entry per gap.
 */
export class GapBook {
  readonly #keeper: GapKeeper;
  readonly #events: GapEvents;
  readonly #known = new Map<ProductId, { shape: number; gaps: Map<string, KeptGap> }>();
  readonly #toOpen = new Map<string, KeptGap>();
  readonly #toClose = new Map<string, KeptGap>();
  /** Open gaps whose trades the exchange did not show. Further ones are not counted. */
  readonly #unrepairable = new Set<string>();
  #writing = false;
  #opened = 0;
  #repaired = 0;

  constructor(keeper: GapKeeper, events: GapEvents) {
    this.#keeper = keeper;
    this.#events = events;
  }

  /** How many gaps are open now. */
  get open(): number {
    let open = 0;
    for (const { gaps } of this.#known.values()) open += gaps.size;
    return open;
  }

  /** The open gap that ended first; null if none is open. */
  get oldest(): KeptGap | null {
    let oldest: KeptGap | null = null;
    for (const { gaps } of this.#known.values()) {
      for (const gap of gaps.values()) {
        if (oldest === null || gap.toTimeMs < oldest.toTimeMs) oldest = gap;
      }
    }
    return oldest;
  }

  /** Gaps opened, and gaps closed, since the start. */
  get opened(): number {
    return this.#opened;
  }

  get repaired(): number {
    return this.#repaired;
  }

  /** The number of open gaps whose trades the exchange did not show at the last request. */
  get unrepairable(): number {
    return this.#unrepairable.size;
  }

  /** Records that the exchange did not show the trades of a gap. Returns whether that is new. */
  markUnrepairable(gap: KeptGap): boolean {
    const name = nameOf(gap.productId, gap);
    const isNews = !this.#unrepairable.has(name);
    if (this.#unrepairable.size < MAX_UNREPAIRABLE) this.#unrepairable.add(name);
    return isNews;
  }

  /** Compares a product's gaps with those known. Cheap while nothing has changed. */
  look(product: ProductAggregator): void {
    const { productId } = product;
    const known = this.#known.get(productId);
    if (known?.shape === product.gapShape) return;
    const gaps = new Map(
      product.gaps().map((gap) => [nameOf(productId, gap), { productId, ...gap }]),
    );
    for (const [name, gap] of gaps) {
      if (known?.gaps.has(name)) continue;
      this.#toClose.delete(name);
      this.#toOpen.set(name, gap);
      this.#opened++;
      this.#events.onOpened(gap);
    }
    for (const [name, gap] of known?.gaps ?? []) {
      if (gaps.has(name)) continue;
      this.#unrepairable.delete(name);
      if (gap.fromId < (product.oldest?.from ?? Infinity)) {
        this.#events.onForgotten(gap);
        continue;
      }
      // A gap that was never written needs no closing.
      if (!this.#toOpen.delete(name)) this.#toClose.set(name, gap);
      this.#repaired++;
      this.#events.onRepaired(gap);
      if (product.has(gap.fromId)) this.#events.onJoined(gap);
    }
    this.#known.set(productId, { shape: product.gapShape, gaps });
  }

  /** No longer counts the gaps of a product that is no longer followed; the database keeps them. */
  drop(productId: ProductId): void {
    for (const name of this.#known.get(productId)?.gaps.keys() ?? []) {
      this.#unrepairable.delete(name);
    }
    this.#known.delete(productId);
  }

  /** Writes what has changed. Rejects while the database is down; what is not written is kept. */
  async write(): Promise<void> {
    if (this.#writing) return;
    this.#writing = true;
    try {
      const opened = [...this.#toOpen];
      if (opened.length > 0) {
        await this.#keeper.open(opened.map(([, gap]) => gap));
        for (const [name, gap] of opened) {
          if (this.#toOpen.get(name) === gap) this.#toOpen.delete(name);
          // Closed while it was being written as open.
          else this.#toClose.set(name, gap);
        }
      }
      for (const [name, gap] of this.#toClose) {
        await this.#keeper.close(gap);
        this.#toClose.delete(name);
      }
    } finally {
      this.#writing = false;
    }
  }
}

function nameOf(productId: ProductId, { fromId, toId }: IdGap): string {
  return `${productId} ${fromId} ${toId}`;
}
