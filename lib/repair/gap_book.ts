import type { IdGap } from "../candles/id_intervals.ts";
import type { ProductId } from "../candles/product.ts";
import type { ProductAggregator } from "../candles/product_aggregator.ts";

/** The store's part in keeping gaps. */
export interface GapKeeper {
  open(gaps: readonly KeptGap[]): Promise<void>;
  close(gap: KeptGap): Promise<void>;
  /** Closes those around which the stored candles' trade ids run on, whatever they are called. */
  settle(): Promise<void>;
}

export interface KeptGap extends IdGap {
  readonly productId: ProductId;
}

/** Called for gaps as they open and close. */
export interface GapEvents {
  onOpened(gap: KeptGap): void;
  onRepaired(gap: KeptGap): void;
}

const MAX_UNREPAIRABLE = 10_000;

/**
 * Keeps the database's gaps as the aggregators see them, and which of them no request filled. While the database is
 * away, what is not written waits here, one entry per gap.
 */
export class GapBook {
  readonly #keeper: GapKeeper;
  readonly #events: GapEvents;
  readonly #known = new Map<ProductId, { shape: number; gaps: Map<string, KeptGap> }>();
  readonly #toOpen = new Map<string, KeptGap>();
  readonly #toClose = new Map<string, KeptGap>();
  /** Of the open ones, those whose trades the exchange did not show. Further ones are not counted. */
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

  /** Gaps noticed, and gaps closed again, since the start. */
  get opened(): number {
    return this.#opened;
  }

  get repaired(): number {
    return this.#repaired;
  }

  /** How many of the open gaps the exchange did not show the trades of when it was last asked. */
  get unrepairable(): number {
    return this.#unrepairable.size;
  }

  /** The exchange did not show the trades of a gap. Whether that is new. */
  markUnrepairable(gap: KeptGap): boolean {
    const name = nameOf(gap.productId, gap);
    const isNews = !this.#unrepairable.has(name);
    if (this.#unrepairable.size < MAX_UNREPAIRABLE) this.#unrepairable.add(name);
    return isNews;
  }

  /** Compares a product's gaps with those known. Costs nothing while its ids run on. */
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
      // A gap that was never written needs no closing.
      if (!this.#toOpen.delete(name)) this.#toClose.set(name, gap);
      this.#repaired++;
      this.#unrepairable.delete(name);
      this.#events.onRepaired(gap);
    }
    this.#known.set(productId, { shape: product.gapShape, gaps });
  }

  /** Writes what has changed. Rejects while the database is away; what is not written is kept. */
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
