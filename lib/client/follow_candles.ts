import type { Candle, FollowOptions } from "../../static/client.d.ts";
import { CandleOrder, follows, type Frame } from "./candle_order.ts";
import { Connection } from "./connection.ts";
import { fetchCandles } from "./fetch_candles.ts";
import { granularityName } from "./granularity_name.ts";

export type { FollowState } from "../../static/client.d.ts";

/** How long a live candle waits for the closed one before it, after a reconnection that may have missed some. */
const HOLD_MS = 15_000;
/** How long the past is read again while the server is still fetching trades. */
const FILL_MS = 60_000;
const RETRY_MS = 1000;

const connections = new Map<string, Connection>();

/** One product's candles of one granularity, as one follower gets them. */
interface Key {
  readonly order: CandleOrder;
  /** Whether closed candles may be missing since a reconnection. */
  isUnsure: boolean;
  /** Frames that come while the past is being read; null otherwise. */
  waiting: Frame[] | null;
}

/** See `client.d.ts`. */
export function followCandles(options: FollowOptions): () => void {
  const server = addressOf(options.server ?? import.meta.url);
  const { onCandle, onState, onReset, signal, newest, ordered, resume = true } = options;
  const keys = new Map<string, Key>();
  const stopped = new AbortController();
  const timers = new Set<ReturnType<typeof setTimeout>>();
  let wasLive = false;

  const keyOf = ({ product_id, granularity }: Candle): Key => {
    const name = `${product_id}.${granularity}`;
    let key = keys.get(name);
    if (key === undefined) {
      keys.set(name, key = { order: new CandleOrder(ordered), isUnsure: false, waiting: null });
    }
    return key;
  };
  if (newest) keyOf(newest).order.take({ candle: newest, json: "" }, true);

  const hand = (frames: readonly Frame[]) => {
    for (const { candle, json } of frames) {
      if (!stopped.signal.aborted) guarded(() => onCandle(candle, json));
    }
  };

  const take = (key: Key, frame: Frame) => {
    if (key.waiting !== null) return void key.waiting.push(frame);
    const held = key.order.holds;
    const frames = key.order.take(frame, !(ordered ?? key.isUnsure));
    if (frames.some(({ candle }) => !candle.is_complete)) key.isUnsure = false;
    hand(frames);
    if (!held && key.order.holds) later(HOLD_MS, () => key.order.holds && fill(key));
  };

  /**
   * Reads what closed since the newest candle, until it is proven complete or some time has passed, and passes it on
   * before what came during that.
   */
  const fill = async (key: Key) => {
    const known = key.order.newest;
    if (known === null || key.waiting !== null) return;
    key.waiting = [];
    const endMs = Date.now() + FILL_MS;
    for (let isRead = false; !isRead;) {
      const candles = await fetchCandles(server, known, stopped.signal).catch(() => null);
      if (stopped.signal.aborted) return;
      isRead = candles !== null && (Date.now() > endMs || isWhole(candles, known));
      if (isRead) candles?.forEach((frame) => hand(key.order.take(frame, true)));
      else await new Promise<void>((resolve) => later(RETRY_MS, resolve));
    }
    const frames = key.waiting;
    key.waiting = null;
    hand(key.order.release());
    frames.forEach((frame) => take(key, frame));
  };

  const later = (ms: number, run: () => void) => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      run();
    }, ms);
    timers.add(timer);
  };

  const member = {
    wish: {
      products: setOf(options.products),
      granularities: setOf(options.granularities, granularityName),
      closedOnly: options.closedOnly ?? false,
    },
    lastEventId: options.lastEventId ?? null,
    resumes: resume,
    pausesHidden: options.pauseHidden ?? false,
    take: (frame: Frame) => take(keyOf(frame.candle), frame),
    state(state: Parameters<NonNullable<FollowOptions["onState"]>>[0], detail?: string) {
      if (state === "live") {
        if (wasLive && resume) {
          keys.forEach((key) => {
            key.isUnsure = true;
            if (ordered) void fill(key);
          });
        }
        wasLive = true;
      }
      if (!stopped.signal.aborted) guarded(() => onState?.(state, detail));
    },
    reset(reset: Parameters<NonNullable<FollowOptions["onReset"]>>[0]) {
      if (ordered) keys.forEach((key) => void fill(key));
      if (!stopped.signal.aborted) guarded(() => onReset?.(reset));
    },
  };

  let connection = connections.get(server);
  if (connection === undefined) connections.set(server, connection = new Connection(server));
  const shared = connection;
  const stop = () => {
    stopped.abort();
    timers.forEach((timer) => clearTimeout(timer));
    shared.remove(member);
  };
  if (signal?.aborted) return stop;
  shared.add(member);
  signal?.addEventListener("abort", stop, { once: true });
  return stop;
}

/** Whether candles follow each other from a known one on without a hole, and all but the newest are final. */
function isWhole(frames: readonly Frame[], known: Candle): boolean {
  return frames[0]?.candle.timestamp === known.timestamp && frames.every(({ candle }, at) => {
    const next = frames[at + 1]?.candle;
    return next === undefined || (candle.exact && follows(next, candle));
  });
}

function addressOf(server: string | URL): string {
  const { origin, pathname, protocol } = new URL(server, HERE);
  if (!/^https?:$/.test(protocol)) throw new TypeError(`server is not an http address: ${server}`);
  return server === import.meta.url ? origin : `${origin}${pathname.replace(/\/+$/, "")}`;
}

const HERE = typeof location === "undefined" ? undefined : location.href;

function setOf(
  names: readonly string[] | "*",
  proper = (name: string) => name.toUpperCase(),
): ReadonlySet<string> | "*" {
  return names === "*" || names.includes("*") ? "*" : new Set(names.map(proper));
}

/** An error of the caller's own code is reported and does not end the stream. */
function guarded(call: () => void): void {
  try {
    call();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
