import { CatchUp } from "../../../lib/browser/catch_up.ts";
import { fetchCandlePage, PageRefusal } from "../../../lib/browser/candle_pages.ts";
import { CandleSeries } from "../../../lib/browser/candle_series.ts";
import type { Candle } from "../../../lib/candles/candle.ts";
import type { Multiple } from "../../../lib/candles/multiple.ts";
import type { ProductId } from "../../../lib/candles/product.ts";
import { decodeCandle } from "../../../lib/candles/wire.ts";
import { candleLink } from "../candle_link.ts";
import { followChart } from "./chart_stream.ts";

/** What a compared product is read with. */
export interface ComparedProductParts {
  readonly base: string;
  readonly productId: ProductId;
  readonly multiple: Multiple;
  /** Called when its candles have changed. */
  changed(): void;
  /** Shows a sentence if the server does not know it or cannot be reached; empty when that has passed. */
  note(text: string): void;
}

/** Pages that are read for one request to reach back, at most. */
const MOST_PAGES = 10;
/** Pause after older candles could not be read. */
const RETRY_MS = 10_000;

/** Another product's candles, kept live, for a chart to compare its own with; its owner closes it. */
export class ComparedProduct {
  readonly productId: ProductId;
  readonly #parts: ComparedProductParts;
  readonly #series = new CandleSeries([]);
  readonly #closed = new AbortController();
  readonly #catchUp = new CatchUp({
    read: (signal) => this.#readNewest(signal),
    onFailing: (isFailing) =>
      this.#parts.note(
        isFailing ? `${this.productId} cannot be reached at the moment.` : this.#refusal,
      ),
  });
  #stop: (() => void) | null = null;
  #older: string | null = null;
  #isPaging = false;
  #failedAtMs = -Infinity;
  /** Why the server has no such product; empty if it has. */
  #refusal = "";

  constructor(parts: ComparedProductParts) {
    this.productId = parts.productId;
    this.#parts = parts;
    this.#catchUp.request();
  }

  /** Ascending by start. */
  get candles(): readonly Candle[] {
    return this.#series.candles;
  }

  /** Reads older candles until there are some of that time (epoch seconds), or none are older. */
  async reach(start: number): Promise<void> {
    if (this.#isPaging || performance.now() - this.#failedAtMs < RETRY_MS) return;
    this.#isPaging = true;
    const { base, multiple } = this.#parts;
    const { signal } = this.#closed;
    try {
      for (let pages = 0; pages < MOST_PAGES; pages++) {
        const oldest = this.#series.candles[0]?.start ?? start;
        if (this.#older === null || oldest <= start) return;
        const page = await fetchCandlePage(base + this.#older, signal, multiple.of);
        if (signal.aborted) return;
        this.#older = page.next;
        if (this.#series.merge(page.candles)) this.#parts.changed();
      }
    } catch {
      // The next drawing requests them again.
      this.#failedAtMs = performance.now();
    } finally {
      this.#isPaging = false;
    }
  }

  close(): void {
    this.#closed.abort();
    this.#catchUp.close();
    this.#stop?.();
  }

  async #readNewest(signal: AbortSignal): Promise<void> {
    const { base, productId, multiple } = this.#parts;
    const newest = candleLink({ productId, granularity: multiple.name, limit: 300 });
    try {
      const page = await fetchCandlePage(base + newest, signal, multiple.of);
      if (signal.aborted) return;
      const from = page.candles[0]?.start;
      const held = this.#series.newest?.start;
      // If the page does not reach the candles held before, those are read again with the pages to the left.
      if (from !== undefined && held !== undefined && from > held) {
        this.#series.dropBefore(from);
      }
      if (this.#series.candles.length === 0) this.#older = page.next;
      this.#series.merge(page.candles);
      this.#follow(page.position);
      this.#parts.changed();
    } catch (error) {
      if (!(error instanceof PageRefusal)) throw error;
      // It is not requested again: the server does not know it.
      this.#refusal = error.message;
    }
  }

  #follow(position: string | null): void {
    const { base, productId, multiple } = this.#parts;
    this.#stop ??= followChart({
      base,
      productId,
      multiple,
      newest: this.#series.newest?.start ?? null,
      position,
      listener: {
        candle: (text) => this.#take(decodeCandle(text)),
        reset: () => this.#catchUp.request(),
      },
      state() {},
    });
  }

  #take(candle: Candle | null): void {
    if (candle === null) return;
    const oldest = this.#series.candles[0];
    // Older candles come with their page; alone, one would be followed by a hole.
    if (oldest !== undefined && candle.start < oldest.start) return;
    if (this.#series.apply(candle) !== "none") this.#parts.changed();
  }
}
