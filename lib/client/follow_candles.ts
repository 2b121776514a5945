import type { FollowOptions } from "../../static/client.d.ts";
import { CandleOrder, type Frame } from "./candle_order.ts";
import { Connection } from "./connection.ts";
import { fetchCandles } from "./fetch_candles.ts";

/** How long a live candle waits for the closed one before it, where a reconnection may have left something out. */
const HOLD_MS = 15_000;
const RETRY_MS = 2000;

const connections = new Map<string, Connection>();

/** One product's candles of one granularity on their way to a follower. */
interface Key {
  readonly order: CandleOrder;
  /** Whether closed candles may be missing since a reconnection. */
  isUnsure: boolean;
  /** What comes while the past is being read; null while it is not. */
  waiting: Frame[] | null;
}

/** As `client.d.ts` says. */
export function followCandles(options: FollowOptions): () => void {
  const server = addressOf(options.server ?? import.meta.url);
  const { onCandle, onState, onReset, signal, ordered, resume = true } = options;
  const keys = new Map<string, Key>();
  const stopped = new AbortController();
  let wasLive = false;

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

  /** Reads what closed since the newest candle, and hands that on before what has come meanwhile. */
  const fill = async (key: Key) => {
    const { newest } = key.order;
    if (newest === null || key.waiting !== null) return;
    key.waiting = [];
    for (;;) {
      const candles = await fetchCandles(server, newest, stopped.signal).catch(() => null);
      if (stopped.signal.aborted) return;
      if (candles !== null) {
        for (const frame of candles) {
          if (frame.candle.is_complete) hand(key.order.take(frame, true));
        }
        break;
      }
      await new Promise<void>((resolve) => later(RETRY_MS, resolve));
    }
    const frames = key.waiting;
    key.waiting = null;
    hand(key.order.release());
    for (const frame of frames) take(key, frame);
  };

  const later = (ms: number, run: () => void) => {
    const timer = setTimeout(run, ms);
    stopped.signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
  };

  const member = {
    wish: {
      products: setOf(options.products),
      granularities: setOf(options.granularities),
      closedOnly: options.closedOnly ?? false,
    },
    lastEventId: options.lastEventId ?? null,
    resumes: resume,
    pausesHidden: options.pauseHidden ?? false,
    take(frame: Frame) {
      const { product_id, granularity } = frame.candle;
      const name = `${product_id}.${granularity}`;
      let key = keys.get(name);
      if (key === undefined) {
        keys.set(name, key = { order: new CandleOrder(), isUnsure: false, waiting: null });
      }
      take(key, frame);
    },
    state(state: Parameters<NonNullable<FollowOptions["onState"]>>[0], detail?: string) {
      if (state === "live") {
        if (wasLive && resume) keys.forEach((key) => key.isUnsure = true);
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
    shared.remove(member);
  };
  if (signal?.aborted) return stop;
  shared.add(member);
  signal?.addEventListener("abort", stop, { once: true });
  return stop;
}

function addressOf(server: string | URL): string {
  const { origin, pathname, protocol } = new URL(server, HERE);
  if (!/^https?:$/.test(protocol)) throw new TypeError(`server is no http address: ${server}`);
  return server === import.meta.url ? origin : `${origin}${pathname.replace(/\/+$/, "")}`;
}

const HERE = typeof location === "undefined" ? undefined : location.href;

function setOf(names: readonly string[] | "*"): ReadonlySet<string> | "*" {
  return names === "*" || names.includes("*") ? "*" : new Set(names);
}

/** An error in a caller's own code is the caller's, and ends no stream. */
function guarded(call: () => void): void {
  try {
    call();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
