import type { Lease } from "../bus/lease.ts";
import { ingestLease } from "../bus/names.ts";
import { aborted, pause } from "../time/pause.ts";
import { logger } from "../log.ts";
import {
  type FeedConnection,
  type PartState,
  type ProductsState,
  STANDBY,
  STARTING,
} from "../metrics/status.ts";
import type { RepairState } from "../repair/repair_state.ts";
import { ShardIngest, type ShardIngestParts } from "./shard_ingest.ts";
import { nameIngester } from "./ingester_name.ts";
import { followStoredProducts } from "./stored_products.ts";

/** What a shard's lease works with. */
export type ShardLeaseParts = Omit<ShardIngestParts, "lease">;

/** Longer than a standby takes to notice that a lease is free. */
const YIELD_MS = 1_500;

/**
 * Ingests a shard while it has the lease, and stands by while another process has it. Its starter closes it, which lets
 * the next process take over immediately.
 */
export class ShardLease {
  readonly #parts: ShardLeaseParts;
  readonly #log = logger("ingester");
  readonly #stop = new AbortController();
  #side: ShardIngest | null = null;
  #standsBy = false;
  #hasWarned = false;
  #running: Promise<void> = Promise.resolve();

  constructor(parts: ShardLeaseParts) {
    this.#parts = parts;
  }

  /** Begins in the background, and runs until closed. */
  start(): void {
    this.#running = this.#run();
  }

  /** Publishes what waits, then gives the lease back. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  state(): PartState {
    return this.#side?.state() ?? (this.#standsBy ? STANDBY : STARTING);
  }

  get products(): ProductsState {
    return this.#side?.products ?? { ...this.state(), unavailable: [] };
  }

  get connections(): readonly FeedConnection[] {
    return this.#side?.connections ?? [];
  }

  get closedQueued(): number {
    return this.#side?.closedQueued ?? 0;
  }

  /** The state of repair; null while standing by. */
  get repair(): RepairState | null {
    return this.#side?.repair ?? null;
  }

  observe(): void {
    this.#side?.observe();
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    const { dataDir, shard } = this.#parts.config;
    this.#reportHeld(0);
    const name = await nameIngester(dataDir, ingestLease(shard));
    while (!signal.aborted) {
      const lease = await this.#takeLease(name.text);
      if (lease === null) break;
      await this.#ingest(lease);
      await lease.release();
      // A standby takes the lease first: it may be able to do what this process could not.
      await pause(YIELD_MS, signal);
    }
    name.giveUp();
  }

  async #takeLease(holder: string): Promise<Lease | null> {
    const { bus, store, catalogue, config } = this.#parts;
    const taken = new AbortController();
    const taking = bus.takeLease(ingestLease(config.shard), {
      holder,
      signal: this.#stop.signal,
      onStandby: () => {
        this.#standsBy = true;
        this.#log.info("another process ingests this shard: standing by");
        // Until then the pages show the products that the other process stores.
        const until = AbortSignal.any([taken.signal, this.#stop.signal]);
        void followStoredProducts(store, catalogue, until);
      },
    });
    // A bus that does not answer must not hold up the end.
    const lease = await Promise.race([taking, aborted(this.#stop.signal).then(() => null)]);
    taken.abort();
    if (lease === null) void taking.then((late) => late?.release());
    else if (!lease.isFenced) this.#warnOfOldServer();
    return lease;
  }

  async #ingest(lease: Lease): Promise<void> {
    const { metrics } = this.#parts;
    if (this.#standsBy) this.#log.info("this process ingests the shard now");
    this.#standsBy = false;
    metrics.leaseTakeovers.inc();
    this.#reportHeld(1);
    const over = AbortSignal.any([lease.lost, this.#stop.signal]);
    while (await this.#ingestOnce(lease, over)) {
      this.#log.info("the database was restored or created again: starting over with what it has");
    }
    this.#reportHeld(0);
    if (lease.lost.aborted) {
      metrics.leaseLosses.inc();
      this.#log.warn("another process has taken this shard: nothing more is published from here");
    }
    await this.#side?.close();
    this.#side = null;
  }

  /** Ingests until the lease is over; true if it has to start over because the database was replaced. */
  async #ingestOnce(lease: Lease, over: AbortSignal): Promise<boolean> {
    const side = this.#side = new ShardIngest({ ...this.#parts, lease });
    const stale = side.whenStale(over).then(() => !over.aborted);
    const isStale = await Promise.race([
      stale,
      side.run().then(() => false),
      aborted(over).then(() => false),
    ]);
    if (isStale) await side.close();
    return isStale;
  }

  #reportHeld(held: 0 | 1): void {
    const { metrics, config } = this.#parts;
    metrics.leaseHeld.set({ shard: String(config.shard.index) }, held);
  }

  #warnOfOldServer(): void {
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    this.#log.warn(
      "nats-server is older than 2.12 and cannot refuse a former ingester's candles: only clocks separate two ingesters",
    );
  }
}
