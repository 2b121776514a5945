import { type Clock, systemClock } from "../time/clock.ts";
import type { BusCondition } from "./bus_state.ts";
import type { Expectation, Fence } from "./fence.ts";
import type { LeaseRecords } from "./lease_record.ts";
import { pause } from "../time/pause.ts";

/** How often a holder renews. */
const RENEW_EVERY_MS = 2_000;
const RENEW_TIMEOUT_MS = 1_500;
/**
 * How long after a renewal a holder may publish. Shorter than others wait (`TIMEOUT_MS` in `lease_taking.ts`). Each
 * counts by its own monotonic clock, the holder from before the renewal, the others from after it.
 */
const PERMIT_MS = 7_000;

/** An instant by both clocks. The monotonic clock stops with the whole machine (a virtual machine that is migrated). */
export interface Instant {
  readonly monotonicMs: number;
  readonly wallMs: number;
}

export function instant(clock: Clock): Instant {
  return { monotonicMs: clock.now(), wallMs: clock.wallMs() };
}

/**
 * The right to do something that one process at a time may do, as long as this one renews it in
 * time. Lost finally when another process has taken it. While the server cannot be reached it is
 * only suspended, since no other process can take it either. Its taker releases it.
 */
export class Lease {
  readonly #lost = new AbortController();
  readonly #ended = new AbortController();
  #fence: Fence | null = null;
  #renewing: Promise<boolean> = Promise.resolve(true);
  readonly #keeping: Promise<void>;

  constructor(
    private readonly records: LeaseRecords,
    private readonly condition: BusCondition,
    private readonly holder: string,
    private revision: number,
    private renewedAt: Instant,
    private readonly clock: Clock = systemClock,
  ) {
    this.#keeping = this.#keep();
  }

  /** Aborted when it is lost. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** Whether this process may publish now. */
  get permits(): boolean {
    if (this.#lost.signal.aborted) return false;
    const { monotonicMs, wallMs } = this.renewedAt;
    const now = instant(this.clock);
    return now.monotonicMs - monotonicMs < PERMIT_MS && now.wallMs - wallMs < PERMIT_MS;
  }

  /** Whether the server refuses closed candles of all other processes. */
  get isFenced(): boolean {
    return this.#fence !== null;
  }

  /** Raises a fence, which keeps earlier holders out from then on. False if the lease was lost first. */
  async fenceOff(fence: Fence): Promise<boolean> {
    if (!await fence.raise()) return false;
    this.#fence = fence;
    return true;
  }

  /**
   * The expectation of the closed candle in one place of a window, by which the server can refuse
   * it.
   */
  expectation(slot: number): Expectation | null {
    return this.#fence?.expectation(slot) ?? null;
  }

  /** After the server refused an expectation: whether it may be tried again. If not, the lease is lost. */
  async stands(): Promise<boolean> {
    const stands = !this.#lost.signal.aborted && (await this.#fence?.stands() ?? true);
    if (!stands) this.#lose();
    return stands;
  }

  /** Renews now. False if another process has it; throws if JetStream does not answer. */
  renew(): Promise<boolean> {
    this.#renewing = this.#renewing.catch(() => {}).then(() => this.#renew());
    return this.#renewing;
  }

  /** Gives it back, so that another process can take it immediately. Idempotent; never throws. */
  async release(): Promise<void> {
    this.#ended.abort();
    await this.#keeping;
    await this.#renewing.catch(() => {});
    this.#lose();
    if (!this.condition.connected) return;
    // Whether it is lost or not: the write succeeds only if it is still this holder's.
    await this.records.write(null, this.revision, RENEW_TIMEOUT_MS).catch(() => {});
  }

  async #keep(): Promise<void> {
    const signal = AbortSignal.any([this.#ended.signal, this.#lost.signal]);
    while (!signal.aborted) {
      await pause(RENEW_EVERY_MS, signal, this.clock);
      if (signal.aborted || !this.condition.connected) continue;
      await this.renew().catch(() => {});
    }
  }

  async #renew(): Promise<boolean> {
    if (this.#lost.signal.aborted) return false;
    const started = instant(this.clock);
    let revision = await this.records.write(this.holder, this.revision, RENEW_TIMEOUT_MS);
    if (revision === null) {
      const record = await this.records.read();
      // An earlier renewal was written although its acknowledgement was lost; or the server has lost its files, and
      // with them every claim.
      if (record.holder === this.holder || record.revision === 0) {
        revision = await this.records.write(this.holder, record.revision, RENEW_TIMEOUT_MS);
      }
    }
    if (revision === null) {
      this.#lose();
      return false;
    }
    this.revision = revision;
    this.renewedAt = started;
    return true;
  }

  #lose(): void {
    this.#lost.abort();
  }
}
