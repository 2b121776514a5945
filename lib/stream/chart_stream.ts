import { type Clock, systemClock } from "../time/clock.ts";
import type { ChartBoard } from "./chart_board.ts";
import { cutOff } from "./cut_off.ts";
import type { SharedGzip } from "./shared_gzip.ts";

/** Least time between two events for a viewer. */
const INTERVAL_MS = 250;

const UTF8 = new TextEncoder();
const COMMENT = UTF8.encode(":\n\n");

/** What a stream of charts reports. */
export interface ChartStreamEvents {
  /** The viewer left, or the source ended. */
  left(): void;
  /** Closed candles may be missing in the frames: the past has to be read again. */
  reset(): void;
}

/**
 * Turns a stream of candle frames (as the hub gives one to each viewer) into a stream of whole charts: the first at
 * once, then one for each change, a quarter of a second apart at least. A viewer that reads slowly gets fewer. It is cut
 * off when its source ends; cancelling it cancels the source.
 */
export function chartStream(
  frames: ReadableStream<Uint8Array>,
  board: ChartBoard,
  { left, reset }: ChartStreamEvents,
  gzip: SharedGzip | null = null,
  clock: Clock = systemClock,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const reader = frames.getReader();
  let shown = 0;
  let changed = Promise.withResolvers<void>();
  let heartbeat = false;
  let over = false;
  /** The newest retry time that was not sent yet. */
  let retry: Uint8Array<ArrayBuffer> | null = null;
  let nextAtMs = -Infinity;
  let hasBegun = false;
  let cancelWaking = () => {};

  const end = () => {
    if (over) return;
    over = true;
    cancelWaking();
    changed.resolve();
    left();
  };

  const encoded = (chunk: Uint8Array<ArrayBuffer>) => {
    if (gzip === null) return chunk;
    const isFirst = !hasBegun;
    hasBegun = true;
    return gzip.encode(chunk, isFirst);
  };

  const follow = async () => {
    const decoder = new TextDecoder();
    let rest = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const blocks = (rest + decoder.decode(value, { stream: true })).split("\n\n");
      rest = blocks.pop() ?? "";
      for (const block of blocks) {
        const data = block.split("\n").find((line) => line.startsWith("data: "));
        if (data !== undefined && block.includes("event: candle")) board.take(data.slice(6));
        else if (block.includes("event: reset")) reset();
        else if (block.startsWith(":")) heartbeat = true;
        else if (block.startsWith("retry:")) retry = UTF8.encode(`${block}\n\n`);
      }
      changed.resolve();
    }
  };
  follow().catch(() => {}).finally(end);

  return new ReadableStream({
    async pull(controller) {
      await board.ready;
      for (;;) {
        const news = changed;
        if (over) return cutOff(controller, "its source ended");
        if (retry !== null) {
          controller.enqueue(encoded(retry));
          retry = null;
          return;
        }
        const waitMs = nextAtMs - clock.now();
        if (board.version !== shown && waitMs <= 0) {
          shown = board.version;
          nextAtMs = clock.now() + INTERVAL_MS;
          heartbeat = false;
          return controller.enqueue(encoded(board.event()));
        }
        if (heartbeat) {
          heartbeat = false;
          return controller.enqueue(encoded(COMMENT.slice()));
        }
        if (board.version !== shown) cancelWaking = clock.after(waitMs, () => news.resolve());
        await news.promise;
        cancelWaking();
        if (changed === news) changed = Promise.withResolvers<void>();
      }
    },
    async cancel() {
      end();
      await reader.cancel();
    },
  }, { highWaterMark: 0 });
}
