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

/** What the repair of live candles works with. */
export interface LiveRepairParts {
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

interface RepairTask {
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
 * Completes what the feed alone cannot: seeds live candles, fills gaps and proves ends over REST, the most wanted
 * products first, backing off where that fails. Whoever makes it closes it.
 */
export class LiveRepair {
  readonly #parts: LiveRepairParts;
  readonly #tasks = new Map<ProductId, RepairTask>();
  readonly #stop = new AbortController();
  readonly #clock: Clock;
  readonly #stopTicking: () => void;
  readonly #jobs = new Set<Promise<void>>();

  constructor(parts: LiveRepairParts) {
    this.#parts = parts;
    this.#clock = parts.clock ?? systemClock;
    this.#stopTicking = every(this.#clock, TICK_MS, () => this.#tick());
  }

  /** Keeps a product complete from now on; once is enough. */
  enqueue(product: ProductAggregator): void {
    if (this.#tasks.has(product.productId)) return;
    this.#tasks.set(product.productId, {
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
  markSuspect(product: ProductAggregator): void {
    this.enqueue(product);
    const task = this.#tasks.get(product.productId);
    if (task === undefined) return;
    task.suspect = true;
    task.lookDueMs = Math.min(task.lookDueMs, this.#clock.now() + SUSPECT_MS);
  }

  /** Whether a product's live candles have been completed. */
  isSeeded(productId: ProductId): boolean {
    return this.#tasks.get(productId)?.seeded === true;
  }

  /** Lets go of a product. */
  drop(productId: ProductId): void {
    this.#tasks.delete(productId);
  }

  /** Products whose live candles are not complete yet. */
  get unseeded(): number {
    let count = 0;
    for (const { seeded } of this.#tasks.values()) if (!seeded) count++;
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
    const due: RepairTask[] = [];
    for (const task of this.#tasks.values()) if (this.#isDue(task, now)) due.push(task);
    for (const task of mostUrgent(due, room, (task) => this.#urgency(task))) {
      const job = this.#work(task).finally(() => this.#jobs.delete(job));
      this.#jobs.add(job);
    }
  }

  #isDue(task: RepairTask, now: number): boolean {
    const { product, agenda } = task;
    if (task.working || product.newest === null || now < task.dueMs) return false;
    if (!task.seeded || agenda.due(product.gaps(), now).length > 0) return true;
    return this.#needsLook(task, now);
  }

  #needsLook(task: RepairTask, now: number): boolean {
    return now >= task.lookDueMs && (task.suspect || task.product.awaitsEnd);
  }

  #urgency({ product, seeded }: RepairTask): number {
    return this.#parts.wanted(product.productId) + (seeded ? 0 : 10);
  }

  async #work(task: RepairTask): Promise<void> {
    const { product } = task;
    task.working = true;
    try {
      await this.#repair(task);
      task.backOff.reset();
    } catch (error) {
      // What asks the exchange is ended before this is.
      if (this.#stop.signal.aborted || isAbort(error)) return;
      const waitMs = task.backOff.nextMs();
      task.dueMs = this.#clock.now() + waitMs;
      const what = `REST failed; it is tried again in ${waitMs / 1000} s`;
      this.#parts.onProblem(product.productId, what, error);
    } finally {
      task.working = false;
    }
    this.#parts.onChanged(product);
  }

  async #repair(task: RepairTask): Promise<void> {
    const { product } = task;
    const { source, wanted } = this.#parts;
    const { signal } = this.#stop;
    const priority = 10 * wanted(product.productId);
    if (!task.seeded) {
      await seedRunning(product, source, { priority: priority + 3, signal });
      task.seeded = true;
      this.#parts.onChanged(product);
    }
    await this.#fill(task, priority + 2);
    if (!this.#needsLook(task, this.#clock.now())) return;
    task.lookDueMs = this.#clock.now() + QUIET_MS;
    if (await lookAtEnd(product, source, { priority: priority + 1, signal })) {
      task.suspect = false;
    }
  }

  async #fill({ product, agenda }: RepairTask, priority: number): Promise<void> {
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
