import type { IdGap } from "../candles/id_intervals.ts";
import type { ProductId } from "../candles/product.ts";
import type { ProductAggregator } from "../candles/product_aggregator.ts";
import { lookAtEnd } from "./end_look.ts";
import { GapAgenda } from "./gap_agenda.ts";
import { fillGap, type FillOutcome } from "./gap_fill.ts";
import { seedRunning } from "./seed.ts";
import { mostUrgent } from "./most_urgent.ts";
import type { TradeSource } from "../exchange/trade_source.ts";
import { BackOff } from "../time/back_off.ts";
import { type Clock, every, systemClock } from "../time/clock.ts";

/** What a mender works with. */
export interface MenderParts {
  readonly source: TradeSource;
  readonly repairMaxTrades: number;
  readonly clock?: Clock;
  /** Higher is more wanted, 0 to 9: what streams ask for comes first. */
  wanted(productId: ProductId): number;
  /** Something about the product's candles may have changed: publish it. */
  onChanged(product: ProductAggregator): void;
  /** A gap was tried and not filled with trades (now). `aged`: it is older than the minutes in memory. */
  onUnfilled(productId: ProductId, gap: IdGap, outcome: FillOutcome): void;
  onProblem(productId: ProductId, what: string, error: unknown): void;
}

/** REST jobs under way at once; the rate limit is REST's own. */
const CONCURRENCY = 8;
const TICK_MS = 200;
/** How long the next trade is waited for before REST is asked whether there was one. */
const QUIET_MS = 20_000;
/** A product whose messages may be lost is looked at sooner, but after its reconnecting snapshot. */
const SUSPECT_MS = 3000;
const RETRY_MIN_MS = 2000;
const RETRY_MAX_MS = 600_000;

interface Patient {
  readonly product: ProductAggregator;
  readonly agenda: GapAgenda;
  seeded: boolean;
  suspect: boolean;
  readonly backOff: BackOff;
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
  readonly #clock: Clock;
  readonly #stopTicking: () => void;
  readonly #jobs = new Set<Promise<void>>();

  constructor(parts: MenderParts) {
    this.#parts = parts;
    this.#clock = parts.clock ?? systemClock;
    this.#stopTicking = every(this.#clock, TICK_MS, () => this.#tick());
  }

  /** Takes a product into care; once is enough. */
  care(product: ProductAggregator): void {
    if (this.#patients.has(product.productId)) return;
    this.#patients.set(product.productId, {
      product,
      agenda: new GapAgenda(),
      seeded: false,
      suspect: false,
      backOff: new BackOff(RETRY_MIN_MS, RETRY_MAX_MS),
      dueMs: 0,
      lookDueMs: this.#clock.now() + QUIET_MS,
      working: false,
    });
  }

  /** Messages of the product may have been lost: a look over REST tells, if its own ids do not. */
  suspect(product: ProductAggregator): void {
    this.care(product);
    const patient = this.#patients.get(product.productId);
    if (patient === undefined) return;
    patient.suspect = true;
    patient.lookDueMs = Math.min(patient.lookDueMs, this.#clock.now() + SUSPECT_MS);
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

  /** Stops asking and gives up what is under way. */
  async close(): Promise<void> {
    this.#stopTicking();
    this.#stop.abort();
    await Promise.all(this.#jobs);
  }

  #tick(): void {
    const now = this.#clock.now();
    const room = CONCURRENCY - this.#jobs.size;
    if (room <= 0) return;
    const due: Patient[] = [];
    for (const patient of this.#patients.values()) if (this.#isDue(patient, now)) due.push(patient);
    for (const patient of mostUrgent(due, room, (patient) => this.#urgency(patient))) {
      const job = this.#work(patient).finally(() => this.#jobs.delete(job));
      this.#jobs.add(job);
    }
  }

  #isDue(patient: Patient, now: number): boolean {
    const { product, agenda } = patient;
    if (patient.working || product.newest === null || now < patient.dueMs) return false;
    if (!patient.seeded || agenda.due(product.gaps(), now).length > 0) return true;
    return this.#needsLook(patient, now);
  }

  #needsLook(patient: Patient, now: number): boolean {
    return now >= patient.lookDueMs && (patient.suspect || patient.product.awaitsEnd);
  }

  #urgency({ product, seeded }: Patient): number {
    return this.#parts.wanted(product.productId) + (seeded ? 0 : 10);
  }

  async #work(patient: Patient): Promise<void> {
    const { product } = patient;
    patient.working = true;
    try {
      await this.#mend(patient);
      patient.backOff.reset();
    } catch (error) {
      // What asks the exchange is ended before this is.
      if (this.#stop.signal.aborted || isAbort(error)) return;
      const waitMs = patient.backOff.nextMs();
      patient.dueMs = this.#clock.now() + waitMs;
      const what = `REST failed; it is tried again in ${waitMs / 1000} s`;
      this.#parts.onProblem(product.productId, what, error);
    } finally {
      patient.working = false;
    }
    this.#parts.onChanged(product);
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
    await this.#fill(patient, priority + 2);
    if (!this.#needsLook(patient, this.#clock.now())) return;
    patient.lookDueMs = this.#clock.now() + QUIET_MS;
    if (await lookAtEnd(product, source, { priority: priority + 1, signal })) {
      patient.suspect = false;
    }
  }

  async #fill({ product, agenda }: Patient, priority: number): Promise<void> {
    const { source, repairMaxTrades } = this.#parts;
    const { signal } = this.#stop;
    for (const gap of agenda.due(product.gaps(), this.#clock.now())) {
      const outcome = await fillGap(product, gap, source, { priority, signal, repairMaxTrades });
      this.#parts.onChanged(product);
      if (outcome === "filled") continue;
      agenda.tried(gap, outcome, this.#clock.now());
      this.#parts.onUnfilled(product.productId, gap, outcome);
    }
  }
}

function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}
