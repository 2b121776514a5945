import { errors } from "@nats-io/transport-node";
import { CLOSED_STREAM, fenceSubject } from "./names.ts";
import type { StreamLookup, StreamWriter, WriteExpectation } from "./stream_access.ts";
import { BackOff } from "../time/back_off.ts";
import { type Clock, systemClock } from "../time/clock.ts";

/** What a closed candle must find in the stream to be kept. */
export type Expectation = Required<Omit<WriteExpectation, "streamName">>;

/** Most candles of a fenced publisher that are sent and not yet acknowledged. */
export const FENCE_SLOTS = 256;
/**
 * The first nats-server in which a message can expect something of a subject other than its own.
 */
const ENFORCED_SINCE = [2, 12] as const;
const RAISE_TIMEOUT_MS = 3_000;
const READ_TIMEOUT_MS = 5_000;
const NOT_RAISED = -1;

/** Whether a nats-server of this version keeps fences. */
export function keepsFences(version: string | undefined): boolean {
  const [major = 0, minor = 0] = (version ?? "").split(".").map(Number);
  const [sinceMajor, sinceMinor] = ENFORCED_SINCE;
  return major > sinceMajor || (major === sinceMajor && minor >= sinceMinor);
}

/**
 * Lets the server refuse closed candles of all but a lease's newest holder. A holder writes
 * additional messages (fences) beside the candles, and each candle expects one of them, named by
 * its sequence (the fencing token), to be the newest of its subject still. In a replicated stream
 * only one pending message may expect something of a subject, so there is one fence for each candle
 * of a window.
 */
export class Fence {
  readonly #sequences = new Array<number>(FENCE_SLOTS).fill(NOT_RAISED);

  /** `renew` renews the lease; false if this process no longer has it. */
  constructor(
    private readonly client: StreamWriter,
    private readonly manager: StreamLookup,
    private readonly lease: string,
    private readonly renew: () => Promise<boolean>,
    private readonly signal: AbortSignal,
    private readonly clock: Clock = systemClock,
  ) {}

  /** The expectation of the candle in one place of a window. */
  expectation(slot: number): Expectation {
    return {
      lastSubjectSequence: this.#at(slot),
      lastSubjectSequenceSubject: fenceSubject(this.lease, slot),
    };
  }

  /**
   * Writes the fences, after which no earlier holder can publish. False if the lease was lost
   * before that. Throws if JetStream does not answer.
   */
  async raise(): Promise<boolean> {
    const backOff = new BackOff(20, 1_000, this.clock);
    for (;;) {
      const newest = await this.#newest();
      // Renewed in between: a process that takes the lease after this also reads after this, and replaces these fences.
      if (!await this.renew()) return false;
      const missing = [...newest.keys()].filter((slot) => newest[slot] !== this.#at(slot));
      if (missing.length === 0) break;
      // Last place first: of a window that an earlier holder is sending, this refuses the end and never the middle.
      const raised = await Promise.allSettled(
        missing.reverse().map((slot) => this.#raise(slot, newest[slot] ?? 0)),
      );
      if (raised.every(({ status }) => status === "fulfilled")) break;
      await backOff.wait(this.signal);
      if (this.signal.aborted) return false;
    }
    await this.#clearEarlier();
    return true;
  }

  /**
   * After a candle was refused: whether this process may continue. Fences that the stream has discarded since (they grow
   * as old as candles) are raised again. Throws if JetStream does not answer.
   */
  async stands(): Promise<boolean> {
    const newest = await this.#newest();
    // A lower sequence is an answer from a replica that is behind.
    if (newest.some((sequence, slot) => sequence > this.#at(slot))) return false;
    return newest.includes(0) ? await this.raise() : true;
  }

  #at(slot: number): number {
    return this.#sequences[slot] ?? NOT_RAISED;
  }

  async #raise(slot: number, expected: number): Promise<void> {
    const { seq } = await this.client.publish(fenceSubject(this.lease, slot), "", {
      expect: { streamName: CLOSED_STREAM, lastSubjectSequence: expected },
      timeout: RAISE_TIMEOUT_MS,
    });
    this.#sequences[slot] = seq;
  }

  /** Removes earlier fences, so that they do not pile up as a shard changes hands. */
  async #clearEarlier(): Promise<void> {
    const filter = fenceSubject(this.lease, "*");
    const seq = Math.min(...this.#sequences);
    await this.manager.streams.purge(CLOSED_STREAM, { filter, seq }).catch(() => {});
  }

  /** The sequence of each slot's newest fence; 0 if there is none. */
  async #newest(): Promise<number[]> {
    const slots = new Map(
      this.#sequences.map((_, slot) => [fenceSubject(this.lease, slot), slot]),
    );
    const newest = new Array<number>(FENCE_SLOTS).fill(0);
    const messages = await this.manager.direct.getLastMessagesFor(CLOSED_STREAM, {
      multi_last: [fenceSubject(this.lease, "*")],
    });
    // The client times out only if no answer comes at all: a connection lost in mid-answer would
    // block the shard forever.
    const cancel = this.clock.after(
      READ_TIMEOUT_MS,
      () => messages.stop(new errors.TimeoutError()),
    );
    try {
      for await (const { subject, seq } of messages) {
        const slot = slots.get(subject);
        if (slot !== undefined) newest[slot] = seq;
      }
    } finally {
      cancel();
    }
    return newest;
  }
}
