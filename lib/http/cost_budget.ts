import { type Clock, systemClock } from "../time/clock.ts";
import type { Problem } from "./problem.ts";

/** How much work may run concurrently, and how much may wait for room. The owner chooses the unit of cost. */
export interface CostLimits {
  /** Most cost of running work, of all addresses together. */
  readonly total: number;
  /** Most cost for one address; work that costs more is admitted alone. */
  readonly perAddress: number;
  /** Most pieces of work that wait, of all addresses together. */
  readonly waiting: number;
  readonly waitingPerAddress: number;
  /** Longest that one of them waits. */
  readonly timeoutMs: number;
}

/** The client that work is done for. */
export interface Requester {
  readonly address: string;
  /** Aborted when the client has left. */
  readonly signal?: AbortSignal;
}

/** Which limit was reached: that of this address, or that of all. */
export type ExcessReason = "address" | "total";

/** The work was not begun. The same request may succeed later. */
export class BudgetRefusal extends Error {
  override readonly name = "BudgetRefusal";

  constructor(readonly reason: ExcessReason, readonly retryAfterSeconds: number) {
    super(reason === "address" ? "too much work of one address" : "too much work");
  }
}

/** The problem that a refusal is answered with. */
export function refusalProblem({ reason, retryAfterSeconds }: BudgetRefusal): Problem {
  return reason === "address"
    ? {
      status: 429,
      title: "Too much history is being read by one address",
      detail: "Retry when one of your requests has been answered, or request shorter ranges.",
      retryAfterSeconds,
    }
    : { status: 503, title: "Too much history is being read", retryAfterSeconds };
}

/** Figures for `/metrics`; counts since the start, the rest as of now. */
export interface BudgetStats {
  readonly underWay: number;
  readonly waiting: number;
  /** Pieces of work that had to wait. */
  readonly waited: number;
  /** Clients that left before their turn. */
  readonly left: number;
  readonly refused: Readonly<Record<ExcessReason, number>>;
}

interface Waiter {
  readonly address: string;
  readonly cost: number;
  readonly enter: () => void;
}

const RETRY_AFTER_SECONDS: Readonly<Record<ExcessReason, number>> = { address: 1, total: 5 };

/**
 * Bounds work by its cost. Work without room waits in order of arrival. Work that waits for the total limit is never
 * overtaken, so nothing starves; work that waits for its own address' limit is overtaken by other addresses. Needs no
 * closing.
 */
export class CostBudget {
  readonly #underWay = new Map<string, number>();
  readonly #queue = new Set<Waiter>();
  /** Waiting work that may be refused, by address. */
  readonly #waiting = new Map<string, number>();
  readonly #refused = { address: 0, total: 0 };
  #total = 0;
  #waitingInAll = 0;
  #waited = 0;
  #left = 0;

  constructor(readonly limits: CostLimits, private readonly clock: Clock = systemClock) {}

  get stats(): BudgetStats {
    return {
      underWay: this.#total,
      waiting: this.#queue.size,
      waited: this.#waited,
      left: this.#left,
      refused: { ...this.#refused },
    };
  }

  /**
   * Runs `work` once there is room for its cost, and gives the room back however it ends. Rejects with a
   * `BudgetRefusal` when too many wait or the wait was too long, and with the signal's reason when the client leaves
   * while it waits; work that has begun keeps its room until it ends, even if its client has left.
   */
  run<T>(requester: Requester, cost: number, work: () => Promise<T>): Promise<T> {
    return this.#run(requester, cost, work, true);
  }

  /** The same for work whose number is bounded elsewhere: it waits for as long as it takes and is never refused. */
  runAdmitted<T>(requester: Requester, cost: number, work: () => Promise<T>): Promise<T> {
    return this.#run(requester, cost, work, false);
  }

  async #run<T>(
    { address, signal }: Requester,
    cost: number,
    work: () => Promise<T>,
    refusable: boolean,
  ): Promise<T> {
    const weight = Math.min(Math.max(cost, 0), this.limits.perAddress, this.limits.total);
    await this.#enter(address, weight, signal, refusable);
    try {
      return await work();
    } finally {
      this.#release(address, weight);
    }
  }

  #enter(
    address: string,
    cost: number,
    signal: AbortSignal | undefined,
    refusable: boolean,
  ): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        this.#left++;
        return reject(signal.reason);
      }
      const stop = () => {
        signal?.removeEventListener("abort", leave);
        cancel();
        if (counted) this.#count(address, -1);
        counted = false;
      };
      const waiter: Waiter = {
        address,
        cost,
        enter: () => {
          stop();
          resolve();
        },
      };
      const giveUp = (error: unknown) => {
        stop();
        this.#queue.delete(waiter);
        reject(error);
        // Work behind it may have room now.
        this.#serve();
      };
      const leave = () => {
        this.#left++;
        giveUp(signal?.reason);
      };
      let counted = false;
      let cancel = () => {};
      this.#queue.add(waiter);
      this.#serve();
      if (!this.#queue.has(waiter)) return;
      const reason = refusable ? this.#excess(address) : null;
      if (reason !== null) return giveUp(this.#refusal(reason));
      this.#waited++;
      signal?.addEventListener("abort", leave, { once: true });
      if (!refusable) return;
      this.#count(address, 1);
      counted = true;
      cancel = this.clock.after(
        this.limits.timeoutMs,
        () => giveUp(this.#refusal(this.#hasRoom(address, cost) ? "total" : "address")),
      );
    });
  }

  /** Starts waiting work that there is room for. */
  #serve(): void {
    const blocked = new Set<string>();
    for (const waiter of this.#queue) {
      const { address, cost } = waiter;
      if (blocked.has(address)) continue;
      if (!this.#hasRoom(address, cost)) {
        blocked.add(address);
        continue;
      }
      if (this.#total + cost > this.limits.total) return;
      this.#queue.delete(waiter);
      this.#total += cost;
      this.#underWay.set(address, (this.#underWay.get(address) ?? 0) + cost);
      waiter.enter();
    }
  }

  #hasRoom(address: string, cost: number): boolean {
    return (this.#underWay.get(address) ?? 0) + cost <= this.limits.perAddress;
  }

  /** Which bound on waiting one more would pass. */
  #excess(address: string): ExcessReason | null {
    if ((this.#waiting.get(address) ?? 0) >= this.limits.waitingPerAddress) return "address";
    return this.#waitingInAll >= this.limits.waiting ? "total" : null;
  }

  #refusal(reason: ExcessReason): BudgetRefusal {
    this.#refused[reason]++;
    return new BudgetRefusal(reason, RETRY_AFTER_SECONDS[reason]);
  }

  #count(address: string, change: number): void {
    this.#waitingInAll += change;
    adjust(this.#waiting, address, change);
  }

  #release(address: string, cost: number): void {
    this.#total -= cost;
    adjust(this.#underWay, address, -cost);
    this.#serve();
  }
}

/**
 * An address without work is removed, so that the map has at most as many entries as there is
 * work.
 */
function adjust(counts: Map<string, number>, address: string, change: number): void {
  const count = (counts.get(address) ?? 0) + change;
  if (count > 0) counts.set(address, count);
  else counts.delete(address);
}
