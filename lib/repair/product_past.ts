import type { ProductId } from "../candles/product.ts";
import { BackOff } from "../time/back_off.ts";
import { PastDescent } from "./past_descent.ts";
import { PastDoubts } from "./past_doubts.ts";
import type { PastParts } from "./past_parts.ts";
import { PastWriter } from "./past_writer.ts";

const RETRY_MS = [2_000, 600_000] as const;

/**
 * The past of one product, walked backwards: first the stretches in doubt, newest first, then what is below the proven
 * past, down to the horizon. One step is at most one page. All its state can be found again in the database, so it may
 * end anywhere.
 */
export class ProductPast {
  readonly doubts: PastDoubts;
  readonly descent: PastDescent;
  readonly #retry = new BackOff(...RETRY_MS);
  #notBeforeMs: number;

  constructor(private readonly productId: ProductId, private readonly parts: PastParts) {
    this.#notBeforeMs = parts.clock.now();
    const writer = new PastWriter(productId, parts);
    this.doubts = new PastDoubts(productId, parts, writer);
    this.descent = new PastDescent(productId, parts, writer, this.doubts);
  }

  /** When the next step is wanted, by the given clock; null if none is. */
  get dueMs(): number | null {
    const dueMs = Math.min(this.descent.dueMs, this.doubts.dueMs);
    return dueMs === Infinity ? null : Math.max(dueMs, this.#notBeforeMs);
  }

  /**
   * Takes one step, at most one page of trades. Failures are retried with back-off; it rejects only after it was ended.
   */
  async step(signal: AbortSignal): Promise<void> {
    const nowMs = this.parts.clock.now();
    try {
      const isDone = await this.doubts.step(nowMs, signal);
      if (!isDone && this.descent.dueMs <= nowMs) await this.descent.step(nowMs, signal);
      this.#retry.reset();
      this.#notBeforeMs = this.parts.clock.now();
    } catch (error) {
      signal.throwIfAborted();
      const waitMs = this.#retry.nextMs();
      this.#notBeforeMs = this.parts.clock.now() + waitMs;
      this.parts.onProblem(this.productId, waitMs, error);
    }
  }
}
