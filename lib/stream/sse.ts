const encoder = new TextEncoder();
const EVENT_LINE = encoder.encode("event: candle\ndata: ");
const NEWLINE = 10;

/** The usual retry time of a client. */
export const RETRY_MS = 2_000;

/** One chunk for a client that has been idle: a comment, which every SSE reader ignores. */
export const HEARTBEAT: Uint8Array<ArrayBuffer> = encoder.encode(": keep-alive\n\n");

/** The line `id: {sequence}`, newline included. */
export function idLine(sequence: number): Uint8Array<ArrayBuffer> {
  return encoder.encode(`id: ${sequence}\n`);
}

/** A whole `event: candle` frame: the id line, then the candle's bytes as they came over the bus. */
export function candleFrame(id: Uint8Array, data: Uint8Array): Uint8Array<ArrayBuffer> {
  const at = id.length + EVENT_LINE.length;
  const frame = new Uint8Array(at + data.length + 2);
  frame.set(id, 0);
  frame.set(EVENT_LINE, id.length);
  frame.set(data, at);
  frame[at + data.length] = NEWLINE;
  frame[at + data.length + 1] = NEWLINE;
  return frame;
}

/** The candle's bytes out of a frame without an id. */
export function candleData(body: Uint8Array): Uint8Array {
  return body.subarray(EVENT_LINE.length, body.length - 2);
}

/** A block with the time to wait before reconnecting. */
export function retryBlock(retryMs: number): Uint8Array<ArrayBuffer> {
  return encoder.encode(`retry: ${retryMs}\n\n`);
}

/**
 * The same at the end of a stream, with another time for each reader, so that they do not
 * reconnect all together.
 */
export function finalRetryBlock(retryMs: number): Uint8Array<ArrayBuffer> {
  return retryBlock(Math.round(retryMs * (0.25 + 2 * Math.random())));
}

/**
 * An id without an event. By the SSE standard a reader keeps it and dispatches nothing, so a client can resume before
 * it was sent an event.
 */
export function idBlock(sequence: number): Uint8Array<ArrayBuffer> {
  return encoder.encode(`id: ${sequence}\n\n`);
}

/** Why a client cannot resume from its id; see `docs/stream.md`. */
export type ResetReason = "unparsable" | "expired" | "unknown" | "lost";

/** `event: reset`: the client has to start over. A snapshot follows, if it takes one. */
export function resetFrame(lastEventId: string, reason: ResetReason): Uint8Array<ArrayBuffer> {
  // JSON escapes newlines, so a hostile id cannot break out of its line.
  const data = JSON.stringify({ last_event_id: lastEventId, reason });
  return encoder.encode(`event: reset\ndata: ${data}\n\n`);
}

/** Joins chunks into one. */
export function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  let length = 0;
  for (const part of parts) length += part.length;
  const chunk = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    chunk.set(part, at);
    at += part.length;
  }
  return chunk;
}
