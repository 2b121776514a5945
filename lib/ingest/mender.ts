import type { Candle } from "../candles/candle.ts";
import type { ProductId } from "../candles/product.ts";
import type { ProductAggregator } from "../candles/product_aggregator.ts";
import { fillGap, type FillOutcome } from "./gap_fill.ts";
import { lookAtEnd } from "./end_look.ts";
import type { TradeSource } from "./trade_source.ts";
import { seedRunning } from "./seed.ts";

/** What a mender works with. */
export interface MenderParts {
  readonly source: TradeSource;
  readonly repairMaxTrades: number;
  /** Higher is more wanted, 0 to 9: what streams ask for comes first. */
  wanted(productId: ProductId): number;
  /** Something about the product's candles has changed: publish it. */
  onChanged(product: ProductAggregator): void;
  /** A gap could not be filled with trades; `candles` are the exchange's in their place. */
  onEstimated(productId: ProductId, candles: readonly Candle[]): void;
  onProblem(productId: ProductId, what: string, error: unknown): void;
  /** Milliseconds from any fixed point, for pacing only. */
  readonly now?: () => number;
}

/** REST jobs under way at once; the rate limit is REST's own. */
const CONCURRENCY = 8;
const TICK_MS = 200;
/** Late and reordered messages close most gaps by themselves within this time. */
const SETTLE_MS = 1000;
/** How long the next trade is waited for before REST is asked whether there was one. */
const QUIET_MS = 20_000;
const RETRY_MIN_MS = 2000;
const RETRY_MAX_MS = 3_600_000;

interface Patient {
  readonly product: ProductAggregator;
  seeded: boolean;
  suspect: boolean;
  /** The gap shape and edge at which nothing more could be done. */
  settledShape: number;
  attempts: number;
  dueMs: number;
  lookDueMs: number;
  working: boolean;
}

/**
 * Completes what the feed alone cannot: seeds running candles, fills gaps and proves ends over REST, the most wanted
 * products first, ever more rarely where it fails. Whoever makes it closes it.
 */
export class Mender {
  readonly #parts: MenderParts;
  readonly #patients = new Map<ProductId, Patient>();
  readonly #stop = new AbortController();
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #now: () => number;
  #working = 0;

  constructor(parts: MenderParts) {
    this.#parts = parts;
    this.#now = parts.now ?? (() => performance.now());
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  /** Takes a product into care; `seeded`: its running candles are complete already. Call it again to be sure. */
  care(product: ProductAggregator): void {
    if (this.#patients.has(product.productId)) return;
    this.#patients.set(product.productId, {
      product,
      seeded: false,
      suspect: false,
      settledShape: 0,
      attempts: 0,
      dueMs: 0,
      lookDueMs: this.#now() + QUIET_MS,
      working: false,
    });
  }

  /** Messages of the product may have been lost: a look over REST tells, if its own ids do not. */
  suspect(product: ProductAggregator): void {
    this.care(product);
    const patient = this.#patients.get(product.productId);
    if (patient === undefined) return;
    patient.suspect = true;
    patient.lookDueMs = Math.min(patient.lookDueMs, this.#now() + 2 * SETTLE_MS);
  }

  /** Whether a product's running candles have been completed. */
  isSeeded(productId: ProductId): boolean {
    return this.#patients.get(productId)?.seeded === true;
  }

  /** Lets go of a product. */
  drop(productId: ProductId): void {
    this.#patients.delete(productId);
  }

  /** Products whose running candles are not complete yet. */
  get unseeded(): number {
    let count = 0;
    for (const { seeded } of this.#patients.values()) if (!seeded) count++;
    return count;
  }

  /** Stops asking; what is under way is given up. */
  close(): void {
    clearInterval(this.#timer);
    this.#stop.abort();
  }

  #tick(): void {
    const now = this.#now();
    const due = [...this.#patients.values()].filter((patient) => this.#isDue(patient, now));
    due.sort((a, b) => this.#urgency(b) - this.#urgency(a));
    for (const patient of due.slice(0, CONCURRENCY - this.#working)) this.#start(patient);
  }

  #isDue(patient: Patient, now: number): boolean {
    const { product } = patient;
    if (patient.working || product.newest === null) return false;
    if (now >= patient.dueMs && (!patient.seeded || this.#hasNewGap(patient, now))) return true;
    if (now < patient.lookDueMs) return false;
    return patient.suspect || product.unproven().length > 0;
  }

  /** A gap counts once it has stood for a while. */
  #hasNewGap(patient: Patient, now: number): boolean {
    const { product } = patient;
    if (product.gapShape === patient.settledShape) return false;
    if (product.gaps().length === 0) {
      patient.settledShape = product.gapShape;
      patient.attempts = 0;
      return false;
    }
    if (patient.dueMs < now - 10 * SETTLE_MS) {
      patient.dueMs = now + SETTLE_MS;
      return false;
    }
    return true;
  }

  #urgency({ product, seeded }: Patient): number {
    return this.#parts.wanted(product.productId) + (seeded ? 0 : 10);
  }

  async #start(patient: Patient): Promise<void> {
    patient.working = true;
    this.#working++;
    const { product } = patient;
    try {
      await this.#mend(patient);
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      patient.attempts++;
      const waitMs = Math.min(RETRY_MIN_MS * 2 ** patient.attempts, RETRY_MAX_MS);
      patient.dueMs = patient.lookDueMs = this.#now() + waitMs;
      this.#parts.onProblem(product.productId, `will be tried again in ${waitMs / 1000} s`, error);
    } finally {
      patient.working = false;
      this.#working--;
      if (!this.#stop.signal.aborted) this.#parts.onChanged(product);
    }
  }

  async #mend(patient: Patient): Promise<void> {
    const { product } = patient;
    const { source, wanted } = this.#parts;
    const { signal } = this.#stop;
    const priority = 10 * wanted(product.productId);
    if (!patient.seeded) {
      await seedRunning(product, source, { priority: priority + 3, signal });
      patient.seeded = true;
      this.#parts.onChanged(product);
    }
    const outcome = await this.#fill(patient, priority + 2);
    if (outcome === "unfilled") throw new Error("the exchange does not show the missing trades");
    patient.attempts = 0;
    const lookIsDue = this.#now() >= patient.lookDueMs;
    if (lookIsDue && (patient.suspect || product.unproven().length > 0)) {
      const proven = await lookAtEnd(product, source, { priority: priority + 1, signal });
      patient.suspect &&= !proven;
    }
    patient.lookDueMs = this.#now() + QUIET_MS;
  }

  async #fill(patient: Patient, priority: number): Promise<FillOutcome> {
    const { product } = patient;
    const { source, repairMaxTrades } = this.#parts;
    const shape = product.gapShape;
    let worst: FillOutcome = "filled";
    for (const gap of product.gaps().reverse()) {
      const outcome = await fillGap(product, gap, source, {
        priority,
        signal: this.#stop.signal,
        repairMaxTrades,
        onEstimated: (candles) => this.#parts.onEstimated(product.productId, candles),
      });
      this.#parts.onChanged(product);
      if (outcome === "unfilled") worst = outcome;
      else if (outcome === "estimated" && worst === "filled") worst = outcome;
    }
    // What stays open after a full round is not tried again until it changes (or the back-off ends).
    if (worst !== "unfilled") {
      patient.settledShape = product.gaps().length === 0 ? product.gapShape : shape;
    }
    if (worst === "estimated") patient.settledShape = product.gapShape;
    return worst;
  }
}
