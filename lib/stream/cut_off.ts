import { type Clock, systemClock } from "../time/clock.ts";
import { pause } from "../time/pause.ts";

/**
 * How long the HTTP server gets to write what it has taken before the stream is cut, since an abort would discard it.
 */
export const FLUSH_MS = 100;

/**
 * Ends a body as a lost connection would, without the last chunk of HTTP/1.1 and with RST_STREAM in
 * HTTP/2. Clients that do not reconnect after an orderly end (Datastar, fetch-event-source)
 * reconnect after this. What is still queued is lost.
 */
export function cutOff(controller: ReadableStreamDefaultController, reason: string): void {
  // A text, since `Deno.serve` prints the reason, and a stack would be useless there.
  controller.error(`a stream was cut off: ${reason}`);
}

/** A body of a single chunk, which is cut off after it. */
export function lastWord(
  chunk: Uint8Array<ArrayBuffer>,
  clock: Clock = systemClock,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let isSent = false;
  const left = new AbortController();
  return new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      if (!isSent) {
        isSent = true;
        return controller.enqueue(chunk);
      }
      await pause(FLUSH_MS, left.signal, clock);
      cutOff(controller, "closing");
    },
    cancel: () => left.abort(),
  }, { highWaterMark: 0 });
}
