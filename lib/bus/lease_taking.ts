import { type Clock, systemClock } from "../time/clock.ts";
import type { BusCondition } from "./bus_state.ts";
import { Fence, keepsFences } from "./fence.ts";
import { instant, Lease } from "./lease.ts";
import { type LeaseRecord, LeaseRecords } from "./lease_record.ts";
import type { StreamLookup, StreamWriter } from "./stream_access.ts";
import { pause } from "../time/pause.ts";

export interface LeaseOptions {
  /**
   * The taker's name. No other live process may have it: by this name a process immediately takes
   * what its dead predecessor held. Random if left out.
   */
  readonly holder?: string;
  /** Another process has it: this one stands by. */
  readonly onStandby?: () => void;
  /** Gives up. */
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
}

/** What leases are kept with; owned by the bus. */
export interface LeaseRoom {
  readonly client: StreamWriter;
  readonly manager: StreamLookup;
  readonly condition: BusCondition;
  /** Of the server connected now. */
  readonly serverVersion: () => string | undefined;
  readonly repairLayout: () => Promise<void>;
}

const LOOK_EVERY_MS = 500;
/** A holder that has not renewed for this long has died, or may no longer publish (`PERMIT_MS` in `lease.ts`). */
const TIMEOUT_MS = 9_000;
/** A longer pause between two looks is an outage of ours, after which a holder gets the time to renew. */
const BLIND_MS = 2_500;
const TAKE_TIMEOUT_MS = 2_000;

/**
 * Waits until a lease is free, or its holder has not renewed it for nine seconds by this process's clock, and takes it.
 * Null when aborted first.
 */
export async function takeLease(
  name: string,
  room: LeaseRoom,
  options: LeaseOptions,
): Promise<Lease | null> {
  const records = new LeaseRecords(room.client, room.manager, name);
  const {
    holder = crypto.randomUUID(),
    onStandby,
    signal = new AbortController().signal,
    clock = systemClock,
  } = options;
  const watch = new Watch();
  let isReported = false;
  while (!signal.aborted) {
    try {
      const record = await records.read();
      const isFree = record.holder === null || record.holder === holder;
      if (watch.idleMs(record, clock.now()) >= TIMEOUT_MS || isFree) {
        const lease = await take(name, room, records, { holder, record, signal, clock });
        if (lease !== null) return lease;
      } else if (!isReported) {
        isReported = true;
        onStandby?.();
      }
    } catch {
      // JetStream does not answer, or has lost its files.
      await room.repairLayout();
    }
    await pause(LOOK_EVERY_MS, signal, clock);
  }
  return null;
}

async function take(
  name: string,
  { client, manager, condition, serverVersion }: LeaseRoom,
  records: LeaseRecords,
  { holder, record, signal, clock }: {
    holder: string;
    record: LeaseRecord;
    signal: AbortSignal;
    clock: Clock;
  },
): Promise<Lease | null> {
  const started = instant(clock);
  const revision = await records.write(holder, record.revision, TAKE_TIMEOUT_MS);
  if (revision === null) return null;
  const lease = new Lease(records, condition, holder, revision, started, clock);
  if (!keepsFences(serverVersion())) return lease;
  try {
    const fence = new Fence(client, manager, name, () => lease.renew(), signal, clock);
    if (await lease.fenceOff(fence)) return lease;
  } catch (error) {
    await lease.release();
    throw error;
  }
  await lease.release();
  return null;
}

/** For how long this process has seen a record unchanged, by its monotonic clock. */
class Watch {
  #revision = -1;
  #sinceMs = 0;
  #lookedMs = 0;

  idleMs({ revision }: LeaseRecord, nowMs: number): number {
    if (revision !== this.#revision || nowMs - this.#lookedMs > BLIND_MS) this.#sinceMs = nowMs;
    this.#revision = revision;
    this.#lookedMs = nowMs;
    return nowMs - this.#sinceMs;
  }
}
