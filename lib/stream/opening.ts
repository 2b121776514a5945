import type { CandleEvent } from "./candle_event.ts";
import { bodyOf, frameWithId } from "./candle_event.ts";
import type { KeyRoute } from "./key_route.ts";
import { concat, idBlock, idLine, resetFrame, type ResetReason } from "./sse.ts";

/**
 * The first chunk of a client that joins at `sequence`: the current candle of each of its keys. Only the
 * last frame carries an id. With one on the first, a stream cut inside the snapshot would resume behind
 * it and never hear of the rest.
 */
export function snapshotChunk(
  routes: Iterable<KeyRoute>,
  sequence: number,
): Uint8Array<ArrayBuffer> {
  return concat(withLastId(currentOf(routes), sequence, [idBlock(sequence)]));
}

/** A client that takes no snapshot gets an id without an event, so that it can resume from here. */
export function positionChunk(sequence: number): Uint8Array<ArrayBuffer> {
  return idBlock(sequence);
}

/** `event: reset`, then the snapshot, if there is one; the id stands on the last frame of all. */
export function resetChunk(
  lastEventId: string,
  reason: ResetReason,
  routes: Iterable<KeyRoute>,
  sequence: number,
): Uint8Array<ArrayBuffer> {
  const frame = resetFrame(lastEventId, reason);
  const events = currentOf(routes);
  return events.length === 0
    ? concat([idLine(sequence), frame])
    : concat([frame, ...withLastId(events, sequence, [])]);
}

/** The closed candles a client missed, then the live value of each key, which it may have missed too. */
export function resumeChunk(
  missed: readonly CandleEvent[],
  routes: Iterable<KeyRoute>,
  sequence: number,
): Uint8Array<ArrayBuffer> {
  const live: CandleEvent[] = [];
  for (const route of routes) if (route.live !== null) live.push(route.live);
  const after = withLastId(live, sequence, [idBlock(sequence)]);
  return concat([...missed.map((event) => event.frame), ...after]);
}

function currentOf(routes: Iterable<KeyRoute>): CandleEvent[] {
  const events: CandleEvent[] = [];
  for (const route of routes) if (route.current !== null) events.push(route.current);
  return events;
}

function withLastId(
  events: readonly CandleEvent[],
  sequence: number,
  ifNone: readonly Uint8Array<ArrayBuffer>[],
): readonly Uint8Array<ArrayBuffer>[] {
  const last = events.at(-1);
  if (last === undefined) return ifNone;
  return [...events.slice(0, -1).map(bodyOf), frameWithId(last, sequence)];
}
