import { JetStreamApiError } from "@nats-io/jetstream";
import { LEASES_STREAM, leaseSubject } from "./names.ts";
import type { StreamLookup, StreamWriter } from "./stream_access.ts";

/** A lease's record in the bucket. */
export interface LeaseRecord {
  /** Null if the lease is free: never taken, or given back. */
  readonly holder: string | null;
  /** Changes with every renewal; 0 if there is no record. */
  readonly revision: number;
}

/** Reads and writes a lease's record. A write must name the newest revision, so that of two writers one fails. */
export class LeaseRecords {
  constructor(
    private readonly client: StreamWriter,
    private readonly manager: StreamLookup,
    private readonly lease: string,
  ) {}

  /** Reads from the bucket's leader. Throws if JetStream does not answer. */
  async read(): Promise<LeaseRecord> {
    const message = await this.manager.streams.getMessage(LEASES_STREAM, {
      last_by_subj: leaseSubject(this.lease),
    });
    if (message === null) return { holder: null, revision: 0 };
    const holder = new TextDecoder().decode(message.data);
    return { holder: holder === "" ? null : holder, revision: message.seq };
  }

  /**
   * Writes after `revision`; returns the new revision, or null if another process wrote first. Throws if JetStream does
   * not answer in time, when it may have been written or not.
   */
  async write(holder: string | null, revision: number, timeoutMs: number): Promise<number | null> {
    try {
      const { seq } = await this.client.publish(leaseSubject(this.lease), holder ?? "", {
        expect: { streamName: LEASES_STREAM, lastSubjectSequence: revision },
        timeout: timeoutMs,
      });
      return seq;
    } catch (error) {
      if (isOutdated(error)) return null;
      throw error;
    }
  }
}

const WRONG_LAST_SEQUENCE = 10071;
/**
 * The same, where the server does not know the sequence yet because another such message is
 * pending.
 */
const WRONG_LAST_SEQUENCE_NOW = 10164;

/** Whether JetStream refused a message because another one came first. */
export function isOutdated(error: unknown): boolean {
  return error instanceof JetStreamApiError &&
    (error.code === WRONG_LAST_SEQUENCE || error.code === WRONG_LAST_SEQUENCE_NOW);
}
