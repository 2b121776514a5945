import { type Candle, type CandleKey, candleKey } from "../candles/candle.ts";
import type { Granularity } from "../candles/granularity.ts";
import type { ProductId } from "../candles/product.ts";
import type { AuditedStretch, Disagreement, KeptDisagreement } from "../exchange/disagreement.ts";
import { valuesText } from "../exchange/exchange_candle.ts";
import type { Audited, AuditWindow } from "./audit_plan.ts";
import type { AuditDifference, AuditState } from "./audit_state.ts";
import type { AuditStore } from "./audit_store.ts";

type Key = Pick<Candle, "productId" | "granularity">;

/** Most differences kept to be compared again; further ones are only counted and reported. */
const MAX_DISAGREEMENTS = 1000;
const SHOWN = 5;
const NONE: readonly KeptDisagreement[] = [];

/**
 * The audit's results, in memory and, as soon as possible, in the database. What is not written yet waits here, bounded
 * by the number of products and of disagreements.
 */
export class AuditLedger {
  readonly #store: AuditStore;
  readonly #stretches = new Map<CandleKey, AuditedStretch>();
  /** Not resolved, by product and name. */
  readonly #disagreements = new Map<ProductId, Map<string, KeptDisagreement>>();
  #standing = 0;
  readonly #counts = { equal: 0, different: 0, confirmed: 0, resolved: 0 };
  #unwritten = emptyChanges();
  #reading: Promise<void> | null = null;
  #writing: Promise<void> = Promise.resolve();
  /** A write that waits for the current one. */
  #nextWrite: Promise<void> | null = null;
  #isRead = false;

  constructor(store: AuditStore) {
    this.#store = store;
  }

  /** Whether earlier runs' results were read. */
  get isRead(): boolean {
    return this.#isRead;
  }

  get state(): AuditState {
    const standing = [...this.#disagreements.values()].flatMap((ofProduct) => [
      ...ofProduct.values(),
    ]);
    const newest = standing.sort((a, b) => b.foundMs - a.foundMs || b.start - a.start);
    return {
      counts: { ...this.#counts },
      standing: standing.length,
      newest: newest.slice(0, SHOWN).map(differenceOf),
    };
  }

  /** Reads earlier runs' results, once for all callers. */
  read(): Promise<void> {
    return this.#reading ??= this.#read().catch((error) => {
      this.#reading = null;
      throw error;
    });
  }

  audited(productId: ProductId, granularity: Granularity): Audited | null {
    return this.#stretches.get(candleKey(productId, granularity)) ?? null;
  }

  /** A product's disagreements that are to be compared again, oldest first. */
  open(productId: ProductId): readonly KeptDisagreement[] {
    const ofProduct = this.#disagreements.get(productId);
    return ofProduct === undefined
      ? NONE
      : [...ofProduct.values()].filter(({ state }) => state === "open");
  }

  /** Records that a window was compared. */
  extend({ productId, granularity }: Key, { from, until, place }: AuditWindow): void {
    const key = candleKey(productId, granularity);
    const held = this.#stretches.get(key);
    const stretch = held === undefined || place === "top"
      ? { from, until }
      : place === "above"
      ? { from: held.from, until }
      : { from, until: held.until };
    const audited = { productId, granularity, ...stretch };
    this.#stretches.set(key, audited);
    this.#unwritten.stretches.set(key, audited);
  }

  /** Counts what was compared; returns the new differences. */
  take(
    { productId, granularity }: Key,
    equal: number,
    different: readonly Disagreement[],
    foundMs: number,
  ): readonly Disagreement[] {
    const known = this.#disagreements.get(productId);
    const news = different.filter((one) => known?.has(nameOf(one)) !== true);
    this.#counts.equal += equal;
    this.#counts.different += news.length;
    const key = candleKey(productId, granularity);
    const count = this.#unwritten.counts.get(key) ??
      { productId, granularity, equal: 0, different: 0 };
    this.#unwritten.counts.set(key, {
      ...count,
      equal: count.equal + equal,
      different: count.different + news.length,
    });
    for (const one of news) {
      if (this.#standing >= MAX_DISAGREEMENTS) break;
      this.#keep({ ...one, state: "open", foundMs });
    }
    return news;
  }

  /** Records that a disagreement was compared again. */
  settle(checked: KeptDisagreement): void {
    if (checked.state !== "open") this.#counts[checked.state]++;
    this.#keep(checked);
    if (checked.state === "resolved") this.#forget(checked);
  }

  drop(productId: ProductId): void {
    for (const [key, stretch] of this.#stretches) {
      if (stretch.productId === productId) this.#stretches.delete(key);
    }
    for (const one of this.#disagreements.get(productId)?.values() ?? []) this.#forget(one);
  }

  /** Writes what is not stored yet, one write at a time. Rejects while the database is down, and keeps it. */
  write(): Promise<void> {
    return this.#nextWrite ??= this.#writing = this.#writing.catch(() => {}).then(() => {
      this.#nextWrite = null;
      return this.#write();
    });
  }

  async #read(): Promise<void> {
    const { stretches, disagreements } = await this.#store.read(MAX_DISAGREEMENTS);
    for (const stretch of stretches) {
      const key = candleKey(stretch.productId, stretch.granularity);
      if (!this.#stretches.has(key)) this.#stretches.set(key, stretch);
    }
    for (const one of disagreements) this.#remember(one);
    this.#isRead = true;
  }

  async #write(): Promise<void> {
    const { stretches, counts, disagreements } = this.#unwritten;
    if (stretches.size + counts.size + disagreements.size === 0) return;
    const changes = this.#unwritten;
    this.#unwritten = emptyChanges();
    try {
      await this.#store.write({
        stretches: [...stretches.values()],
        counts: [...counts.values()],
        disagreements: [...disagreements.values()],
      });
    } catch (error) {
      this.#takeBack(changes);
      throw error;
    }
  }

  /** Puts what was not written before what has come since. */
  #takeBack({ stretches, counts, disagreements }: ReturnType<typeof emptyChanges>): void {
    const since = this.#unwritten;
    for (const [key, count] of counts) {
      const newer = since.counts.get(key);
      since.counts.set(key, {
        ...count,
        equal: count.equal + (newer?.equal ?? 0),
        different: count.different + (newer?.different ?? 0),
      });
    }
    this.#unwritten = {
      stretches: new Map([...stretches, ...since.stretches]),
      counts: since.counts,
      disagreements: new Map([...disagreements, ...since.disagreements]),
    };
  }

  #remember(one: KeptDisagreement): void {
    const ofProduct = this.#disagreements.getOrInsertComputed(one.productId, () => new Map());
    if (!ofProduct.has(nameOf(one))) this.#standing++;
    ofProduct.set(nameOf(one), one);
  }

  #forget(one: KeptDisagreement): void {
    const ofProduct = this.#disagreements.get(one.productId);
    if (ofProduct?.delete(nameOf(one))) this.#standing--;
    if (ofProduct?.size === 0) this.#disagreements.delete(one.productId);
  }

  #keep(one: KeptDisagreement): void {
    this.#remember(one);
    this.#unwritten.disagreements.set(`${one.productId} ${nameOf(one)}`, one);
  }
}

function differenceOf(one: KeptDisagreement): AuditDifference {
  return {
    product: one.productId,
    granularity: one.granularity,
    start: one.start,
    ours: valuesText(one.ours),
    exchanges: valuesText(one.exchanges),
    state: one.state,
  };
}

function emptyChanges() {
  return {
    stretches: new Map<CandleKey, AuditedStretch>(),
    counts: new Map<CandleKey, Key & { readonly equal: number; readonly different: number }>(),
    disagreements: new Map<string, KeptDisagreement>(),
  };
}

/** Among those of a product. */
function nameOf({ granularity, start }: Disagreement): string {
  return `${granularity} ${start}`;
}
