import type { JetStreamManager, NextMsgRequest, SeqMsgRequest } from "@nats-io/jetstream";

/** The newest message up to which a stream is to be read. */
export interface StreamEnd {
  readonly stream: string;
  /** The newest sequence when reading began; 0 in an empty stream. */
  readonly last: number;
  readonly replicated: boolean;
}

/** Where a stream ends now. Throws if JetStream does not answer. */
export async function streamEnd(manager: JetStreamManager, stream: string): Promise<StreamEnd> {
  const { state, config } = await manager.streams.info(stream);
  return { stream, last: state.last_seq, replicated: config.num_replicas > 1 };
}

/**
 * Whether a stream has no more messages from sequence `next` up to its end. Queries the stream's
 * leader: a consumer lives on any server of a cluster, and one that has just restarted cannot
 * deliver what it has not copied yet. `subjects`: only these, wildcards work; all if left out.
 */
export async function isReadToEnd(
  manager: JetStreamManager,
  { stream, last, replicated }: StreamEnd,
  next: number,
  subjects: readonly string[] = [">"],
): Promise<boolean> {
  if (!replicated || next > last) return true;
  const found = await Promise.all(subjects.map((subject) => {
    const query: NextMsgRequest & SeqMsgRequest = { seq: next, next_by_subj: subject };
    return manager.streams.getMessage(stream, query);
  }));
  return found.every((message) => message === null || message.seq > last);
}

/**
 * Whether a stream's newest message is from before `timeMs`, epoch milliseconds. Queries the
 * leader too.
 */
export async function endsBefore(
  manager: JetStreamManager,
  { stream, last, replicated }: StreamEnd,
  timeMs: number,
): Promise<boolean> {
  if (!replicated || last === 0) return true;
  const newest = await manager.streams.getMessage(stream, { seq: last });
  return newest === null || newest.time.getTime() < timeMs;
}
