import type { CandleBook } from "./book.ts";
import type { CandleEvent } from "./candle_event.ts";
import { bodyOf, frameWithId } from "./candle_event.ts";
import type { Group } from "./group.ts";
import { concat, idBlock, idLine, resetFrame, type ResetReason } from "./sse.ts";

type Chunk = Uint8Array<ArrayBuffer>;

/**
 * The first part of a client's stream: a snapshot, or what it missed. It refers to events that the
 * hub already holds, and encodes them only as the client takes them: a snapshot of every candle is
 * more than a megabyte, and clients that never read must not hold one each.
 */
export class Opening {
  readonly #frames: Iterator<Chunk>;
  #next: Chunk | null;

  private constructor(frames: Iterable<Chunk>) {
    this.#frames = frames[Symbol.iterator]();
    this.#next = this.#advance();
  }

  /**
   * For a client without an id: `greeting`, then the current candle of each of its keys. Only the last frame has an id:
   * with one on the first, a stream cut off within the snapshot would resume after it and miss the rest. A client
   * without a snapshot gets only the id, so that it can resume from here.
   */
  static snapshot(book: CandleBook, group: Group, greeting: Chunk): Opening {
    return new Opening(framesOf([greeting], currentOf(book, group), book.sequence));
  }

  /** `event: reset`, then the snapshot, if there is one; the id stands on the last frame of all. */
  static reset(book: CandleBook, group: Group, lastEventId: string, reason: ResetReason): Opening {
    const frame = resetFrame(lastEventId, reason);
    const events = currentOf(book, group);
    return events.length === 0
      ? new Opening([concat([idLine(book.sequence), frame])])
      : new Opening(framesOf([frame], events, book.sequence));
  }

  /**
   * The closed candles after `position`, which memory must still have, then the live value of each key: it
   * may have changed without closing. With `isSnapshot` the current candle of each key, whether it has closed or not.
   */
  static resume(book: CandleBook, group: Group, position: number, isSnapshot: boolean): Opening {
    const missed = book.ring.after(position).filter(({ route }) => group.wants(route));
    // If a key's current candle has closed, it is the last one that was missed.
    const sent = new Set(missed.map(({ route }) => route));
    const current = currentOf(book, group)
      .filter(({ isClosed, route }) => !isClosed || (isSnapshot && !sent.has(route)));
    return new Opening(framesOf(framesIn(missed), current, book.sequence));
  }

  /** Whether all of it was taken. */
  get isOver(): boolean {
    return this.#next === null;
  }

  /** The next frames, of `bytes` or somewhat more together; null if all were taken. */
  take(bytes: number): Chunk | null {
    const frames: Chunk[] = [];
    for (let size = 0; this.#next !== null && size < bytes; this.#next = this.#advance()) {
      frames.push(this.#next);
      size += this.#next.length;
    }
    return frames.length === 0 ? null : concat(frames);
  }

  #advance(): Chunk | null {
    const { value, done } = this.#frames.next();
    return done ? null : value;
  }
}

/** `before`, then events of which only the last has an id; or only the id. */
function* framesOf(
  before: Iterable<Chunk>,
  events: readonly CandleEvent[],
  sequence: number,
): Generator<Chunk> {
  yield* before;
  const last = events.at(-1);
  if (last === undefined) return yield idBlock(sequence);
  for (const event of events) yield event === last ? frameWithId(event, sequence) : bodyOf(event);
}

function* framesIn(events: readonly CandleEvent[]): Generator<Chunk> {
  for (const { frame } of events) yield frame;
}

/**
 * Computed once for all clients that come before anything changes, such as many after a restart.
 */
function currentOf(book: CandleBook, group: Group): readonly CandleEvent[] {
  const { version } = book;
  if (group.snapshot?.version === version) return group.snapshot.events;
  const events: CandleEvent[] = [];
  if (!group.subscription.closedOnly) {
    for (const { current } of book.routing.keysOf(group)) {
      if (current !== null) events.push(current);
    }
  }
  group.snapshot = { version, events };
  return events;
}
