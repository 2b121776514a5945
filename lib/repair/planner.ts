import type { ProductId } from "../candles/product.ts";
import { BackOff } from "../time/back_off.ts";
import type { Clock } from "../time/clock.ts";

/**
 * The purposes of pages, the most urgent first. `named`: gaps and incomplete live candles of products that streams
 * name; `live`: those of all others; `end`: the proof that nothing followed a newest trade; `placeholder`: the
 * exchange's candles; `past`: all that is older than the minutes in memory; `audit`: the exchange's candles, only to
 * compare.
 */
export const PAGE_CLASSES = ["named", "live", "end", "placeholder", "past", "audit"] as const;

export type PageClass = typeof PAGE_CLASSES[number];

/** The next page that is wanted of a product. */
export interface PageWork {
  readonly class: PageClass;
  /** 0 to 9: within its class a higher one goes first. */
  readonly value: number;
  /** Wanted from this instant of the planner's clock on, which may be in the future; waiting raises its urgency. */
  readonly dueMs: number;
  /**
   * Requests the page and takes what it brings: a few requests at most, each with `signal`. A rejection is a failure,
   * so the product backs off. Work that did not fail, but need not be retried soon, gets a later `dueMs` from `next`.
   */
  run(signal: AbortSignal): Promise<void>;
}

/** A source of wanted pages. */
export interface PageSource {
  /**
   * The next page of a product, or null if none is wanted. Called after each `wake`, at `dueMs`, right before the page
   * is run and after it: it must be cheap and change nothing.
   */
  next(productId: ProductId, nowMs: number): PageWork | null;
}

export interface PlannerParts {
  readonly clock: Clock;
  /** Evenly in [0, 1). */
  readonly random: () => number;
  /** Of two equally urgent pages of a product, that of the earlier source comes first. */
  readonly sources: readonly PageSource[];
  /** A page failed; the product's next one runs `waitMs` later. */
  onProblem(productId: ProductId, waitMs: number, error: unknown): void;
}

/** The most concurrent pages; the requester limits their rate. */
const CONCURRENCY = 8;
/**
 * The most concurrent pages of a class, for classes that may wait for the database or for an idle moment.
 */
const CLASS_CONCURRENCY: Readonly<Partial<Record<PageClass, number>>> = { past: 6, audit: 1 };
const RETRY_MIN_MS = 2_000;
const RETRY_MAX_MS = 600_000;
/** A page of one class is as urgent as one of the class before it that was wanted this much later. */
const CLASS_MS = 600_000;
const VALUE_MS = CLASS_MS / 10;

interface Task {
  readonly productId: ProductId;
  readonly backOff: BackOff;
  notBeforeMs: number;
  isWorking: boolean;
  /** The queue in which it waits, if it does. */
  queue: Map<Task, number> | null;
  /**
   * The class of its wanted page, due or not; comparisons that are due later do not count, since every product has one.
   */
  wants: PageClass | null;
  stopWaiting: () => void;
}

/**
 * One queue of wanted pages over all products, with at most one running page of a product. The page that has waited
 * longest goes first, where class and value count as additional waiting time: so nothing starves, and the order does
 * not change as time passes. Failures back off per product. Its owner closes it.
 */
export class Planner {
  readonly #parts: PlannerParts;
  readonly #tasks = new Map<ProductId, Task>();
  /** Tasks whose page is due, since when, by class and value. */
  readonly #queues = new Map<
    string,
    { readonly aheadMs: number; readonly due: Map<Task, number> }
  >();
  readonly #jobs = new Set<Promise<void>>();
  readonly #stop = new AbortController();
  readonly #underWay = new Map<PageClass, number>();
  #cancelPump: (() => void) | null = null;

  constructor(parts: PlannerParts) {
    this.#parts = parts;
  }

  /** How many products have a wanted page, by its class: due, backing off or running. */
  get wanted(): Readonly<Record<PageClass, number>> {
    const counts = { named: 0, live: 0, end: 0, placeholder: 0, past: 0, audit: 0 };
    for (const { wants } of this.#tasks.values()) if (wants !== null) counts[wants]++;
    return counts;
  }

  /** Reads a product's sources again, after its wanted page may have changed. */
  wake(productId: ProductId): void {
    const task = this.#taskOf(productId);
    if (task.isWorking || this.#stop.signal.aborted) return;
    this.#withdraw(task);
    const nowMs = this.#parts.clock.now();
    const { due, nextMs, wants } = this.#choose(task, nowMs);
    task.wants = wants;
    if (nextMs < Infinity) {
      task.stopWaiting = this.#parts.clock.after(nextMs - nowMs, () => this.wake(productId));
    }
    if (due === null) return;
    task.queue = this.#queueOf(due);
    task.queue.set(task, due.dueMs);
    this.#schedulePump();
  }

  drop(productId: ProductId): void {
    const task = this.#tasks.get(productId);
    if (task !== undefined) this.#withdraw(task);
    this.#tasks.delete(productId);
  }

  /** Starts no more pages and cancels running ones. */
  async close(): Promise<void> {
    this.#stop.abort();
    this.#cancelPump?.();
    for (const task of this.#tasks.values()) this.#withdraw(task);
    await Promise.all(this.#jobs);
  }

  #taskOf(productId: ProductId): Task {
    const { clock, random } = this.#parts;
    return this.#tasks.getOrInsertComputed(productId, () => ({
      productId,
      backOff: new BackOff(RETRY_MIN_MS, RETRY_MAX_MS, clock, () => random() / 2),
      notBeforeMs: -Infinity,
      isWorking: false,
      queue: null,
      wants: null,
      stopWaiting: () => {},
    }));
  }

  #withdraw(task: Task): void {
    task.stopWaiting();
    task.stopWaiting = () => {};
    task.queue?.delete(task);
    task.queue = null;
  }

  /** Finds the most urgent page that is due, when the next one will be, and the class of either. */
  #choose(task: Task, nowMs: number) {
    let due: PageWork | null = null;
    let next: PageWork | null = null;
    let nextMs = Infinity;
    for (const source of this.#parts.sources) {
      const work = source.next(task.productId, nowMs);
      if (work === null) continue;
      const dueMs = Math.max(work.dueMs, task.notBeforeMs);
      if (dueMs <= nowMs) {
        if (due === null || orderOf(work) < orderOf(due)) due = work;
      } else if (dueMs < nextMs) {
        if (work.class !== "audit") next = work;
        nextMs = dueMs;
      }
    }
    return { due, nextMs, wants: (due ?? next)?.class ?? null };
  }

  #queueOf(work: PageWork): Map<Task, number> {
    const name = `${work.class} ${work.value}`;
    const aheadMs = work.dueMs - orderOf(work);
    return this.#queues.getOrInsertComputed(name, () => ({ aheadMs, due: new Map() })).due;
  }

  /** Deferred, so that of all tasks woken at one moment the most urgent runs first. */
  #schedulePump(): void {
    this.#cancelPump ??= this.#parts.clock.after(0, () => {
      this.#cancelPump = null;
      while (this.#jobs.size < CONCURRENCY) {
        const task = this.#takeFirst();
        if (task === null) return;
        this.#begin(task);
      }
    });
  }

  /** Removes the next task; those of a class and value in order of arrival. */
  #takeFirst(): Task | null {
    let first: Task | null = null;
    let firstMs = Infinity;
    for (const { aheadMs, due } of this.#queues.values()) {
      const [head] = due;
      if (head === undefined || head[1] - aheadMs >= firstMs) continue;
      if (!this.#hasRoom(head[0].wants)) continue;
      firstMs = head[1] - aheadMs;
      first = head[0];
    }
    if (first !== null) this.#withdraw(first);
    return first;
  }

  #hasRoom(pageClass: PageClass | null): boolean {
    if (pageClass === null) return true;
    return (this.#underWay.get(pageClass) ?? 0) < (CLASS_CONCURRENCY[pageClass] ?? CONCURRENCY);
  }

  /** Runs a task, if its page is still wanted. */
  #begin(task: Task): void {
    const { due } = this.#choose(task, this.#parts.clock.now());
    if (due === null) return this.wake(task.productId);
    const job = this.#run(task, due).finally(() => {
      this.#jobs.delete(job);
      if (this.#tasks.get(task.productId) === task) this.wake(task.productId);
      this.#schedulePump();
    });
    this.#jobs.add(job);
  }

  async #run(task: Task, work: PageWork): Promise<void> {
    const { signal } = this.#stop;
    const under = (change: 1 | -1) =>
      this.#underWay.set(work.class, (this.#underWay.get(work.class) ?? 0) + change);
    task.isWorking = true;
    task.wants = work.class;
    under(1);
    try {
      await work.run(signal);
      task.backOff.reset();
    } catch (error) {
      const waitMs = task.backOff.nextMs();
      task.notBeforeMs = this.#parts.clock.now() + waitMs;
      // The exchange's requests are cancelled before this.
      if (signal.aborted || isAbort(error)) return;
      this.#parts.onProblem(task.productId, waitMs, error);
    } finally {
      task.isWorking = false;
      under(-1);
    }
  }
}

/** The instant by which pages are compared: earlier is more urgent. */
function orderOf({ class: pageClass, value, dueMs }: PageWork): number {
  return dueMs + PAGE_CLASSES.indexOf(pageClass) * CLASS_MS - value * VALUE_MS;
}

function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}
