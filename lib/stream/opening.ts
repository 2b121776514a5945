import type { CandleBook } from "./book.ts";
import type { CandleEvent } from "./candle_event.ts";
import { bodyOf, frameWithId } from "./candle_event.ts";
import type { Group } from "./group.ts";
import { concat, idBlock, idLine, resetFrame, type ResetReason } from "./sse.ts";

/**
 * The first chunk of a client without an id: `greeting`, then the current candle of each of its keys. Only the last frame
 * carries an id. With one on the first, a stream cut inside the snapshot would resume behind it and never
 * hear of the rest. A client that takes no snapshot gets the id alone, so that it can resume from here.
 * Made once for all that come before anything changes, as after a restart many do.
 */
export function snapshotChunk(book: CandleBook, group: Group, greeting: Chunk): Chunk {
  const { version } = book;
  const made = group.snapshot;
  if (made?.version === version) return made.chunk;
  const chunk = concat([greeting, ...withLastId(currentOf(book, group), book.sequence)]);
  group.snapshot = { version, chunk };
  return chunk;
}

/** `event: reset`, then the snapshot, if there is one; the id stands on the last frame of all. */
export function resetChunk(
  book: CandleBook,
  group: Group,
  lastEventId: string,
  reason: ResetReason,
): Chunk {
  const frame = resetFrame(lastEventId, reason);
  const events = currentOf(book, group);
  return events.length === 0
    ? concat([idLine(book.sequence), frame])
    : concat([frame, ...withLastId(events, book.sequence)]);
}

/**
 * The closed candles after `position`, which memory must still have, then the live value of each key: it
 * may have changed without closing.
 */
export function resumeChunk(book: CandleBook, group: Group, position: number): Chunk {
  const missed = book.ring.after(position).filter(({ route }) => group.wants(route));
  const live = currentOf(book, group).filter((event) => !event.isClosed);
  return concat([...missed.map((event) => event.frame), ...withLastId(live, book.sequence)]);
}

type Chunk = Uint8Array<ArrayBuffer>;

function currentOf(book: CandleBook, group: Group): CandleEvent[] {
  const events: CandleEvent[] = [];
  if (group.subscription.closedOnly) return events;
  for (const { current } of book.routing.keysOf(group)) if (current !== null) events.push(current);
  return events;
}

function withLastId(events: readonly CandleEvent[], sequence: number): readonly Chunk[] {
  const last = events.at(-1);
  if (last === undefined) return [idBlock(sequence)];
  return [...events.slice(0, -1).map(bodyOf), frameWithId(last, sequence)];
}
