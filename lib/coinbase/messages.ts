import type { ProductId } from "../candles/product.ts";
import { parseProductId } from "../candles/product.ts";
import type { Trade } from "../candles/trade.ts";
import { exchangeText } from "./exchange_text.ts";
import { asList, isRecord } from "./json.ts";
import { parseHeartbeatTime, parseIsoTime } from "./time.ts";
import type { TradeFault } from "./trade_reader.ts";
import { readTrade } from "./trade_reader.ts";

/** Longest frame that is parsed, in characters. A snapshot of many products is below 1 MB. */
export const MAX_FRAME_LENGTH = 4 * 1024 * 1024;

/** A time further ahead of its own message's `timestamp` than this is a mistake of the exchange. */
export const MAX_AHEAD_MS = 60_000;

/**
 * An update's trade this much older than its message is a mistake too. Its id would fit, so it would count in a minute
 * long over and be missing from its own. Left out, it is fetched with its right time.
 */
export const MAX_BEHIND_MS = 3_600_000;

/** Why a message was not understood. */
export type MessageFault =
  | "too_large"
  | "json"
  | "message"
  | "channel"
  | "timestamp"
  | "events"
  | "heartbeat_time";

/** Trades in the order in which they were sent, which need not be that of their ids. */
export interface TradesMessage {
  readonly kind: "trades";
  readonly sequence: number | null;
  /** Only if all of the message's events are snapshots. */
  readonly snapshot: boolean;
  /** When the exchange sent the message, epoch milliseconds. */
  readonly timestampMs: number;
  readonly trades: readonly Trade[];
  /** How many trades were left out, by fault; null if none. */
  readonly dropped: ReadonlyMap<TradeFault | "events", number> | null;
}

/** One frame of the feed. `sequence` counts the messages of a connection from 0; null if not given. */
export type FeedMessage =
  | TradesMessage
  | {
    readonly kind: "heartbeat";
    readonly sequence: number | null;
    readonly timeMs: number;
    readonly counter: number | null;
  }
  | {
    readonly kind: "subscriptions";
    readonly sequence: number | null;
    /** The full current set of products whose trades are subscribed. */
    readonly products: ReadonlySet<ProductId>;
    readonly heartbeats: boolean;
  }
  /** `message` and, where one was given, `reason`, in the exchange's words. */
  | { readonly kind: "error"; readonly words: string }
  | { readonly kind: "unknown"; readonly sequence: number | null; readonly fault: MessageFault };

/**
 * Reads one text frame of the Advanced Trade WebSocket. Never throws: a message that is not understood is `unknown`
 * with the reason, and a bad trade is left out and counted while the others of its frame stay.
 */
export function parseMessage(text: string): FeedMessage {
  if (text.length > MAX_FRAME_LENGTH) return unknown("too_large", null);
  let frame: unknown;
  try {
    frame = JSON.parse(text);
  } catch {
    return unknown("json", null);
  }
  if (!isRecord(frame)) return unknown("message", null);
  const sequence = readCount(frame.sequence_num);
  switch (frame.channel) {
    case "market_trades":
      return readTrades(frame, sequence);
    case "heartbeats":
      return readHeartbeat(frame, sequence);
    case "subscriptions":
      return readSubscriptions(frame, sequence);
  }
  if (frame.type === "error") return { kind: "error", words: readErrorText(frame) };
  return unknown("channel", sequence);
}

type Frame = Readonly<Record<string, unknown>>;

function readTrades(frame: Frame, sequence: number | null): FeedMessage {
  const timestampMs = parseIsoTime(frame.timestamp);
  // Without it no trade's time can be checked; the ids will show what was left out.
  if (timestampMs === null) return unknown("timestamp", sequence);
  const events = asList(frame.events);
  if (events === null) return unknown("events", sequence);
  const latestMs = timestampMs + MAX_AHEAD_MS;
  const trades: Trade[] = [];
  let dropped: Map<TradeFault | "events", number> | null = null;
  let snapshots = 0;
  for (let i = 0; i < events.length; i++) {
    const event = events[i];
    const rows = isRecord(event) ? asList(event.trades) : null;
    if (!isRecord(event) || rows === null) {
      dropped = counted(dropped, "events");
      continue;
    }
    const isSnapshot = event.type === "snapshot";
    if (isSnapshot) snapshots++;
    // A snapshot of a product that rarely trades goes back for days.
    const earliestMs = isSnapshot ? -Infinity : timestampMs - MAX_BEHIND_MS;
    for (let j = 0; j < rows.length; j++) {
      const trade = readTrade(rows[j], earliestMs, latestMs);
      if (typeof trade === "string") dropped = counted(dropped, trade);
      else trades.push(trade);
    }
  }
  const snapshot = snapshots > 0 && snapshots === events.length;
  return { kind: "trades", sequence, snapshot, timestampMs, trades, dropped };
}

function counted<Key>(counts: Map<Key, number> | null, key: Key): Map<Key, number> {
  const map = counts ?? new Map<Key, number>();
  return map.set(key, (map.get(key) ?? 0) + 1);
}

function readHeartbeat(frame: Frame, sequence: number | null): FeedMessage {
  const event = asList(frame.events)?.at(-1);
  if (!isRecord(event)) return unknown("events", sequence);
  const timeMs = parseHeartbeatTime(event.current_time);
  const sentMs = parseIsoTime(frame.timestamp);
  // A heartbeat closes buckets, so a time ahead of its own message is refused like a trade's.
  if (timeMs === null || (sentMs !== null && timeMs > sentMs + MAX_AHEAD_MS)) {
    return unknown("heartbeat_time", sequence);
  }
  return { kind: "heartbeat", sequence, timeMs, counter: readCount(event.heartbeat_counter) };
}

function readSubscriptions(frame: Frame, sequence: number | null): FeedMessage {
  const products = new Set<ProductId>();
  let heartbeats = false;
  for (const event of asList(frame.events) ?? []) {
    const subscriptions = isRecord(event) ? event.subscriptions : null;
    if (!isRecord(subscriptions)) continue;
    for (const raw of asList(subscriptions.market_trades) ?? []) {
      const product = parseProductId(raw);
      if (product !== null) products.add(product);
    }
    heartbeats ||= subscriptions.heartbeats !== undefined;
  }
  return { kind: "subscriptions", sequence, products, heartbeats };
}

function readErrorText(frame: Frame): string {
  const words = [frame.message, frame.reason].flatMap((raw) => {
    const text = typeof raw === "string" ? exchangeText(raw) : "";
    return text === "" ? [] : [text];
  });
  return [...new Set(words)].join(": ") || "no message given";
}

/** A count from 0 given as a number or as digits. */
function readCount(raw: unknown): number | null {
  const count = typeof raw === "string" && /^\d{1,16}$/.test(raw) ? Number(raw) : raw;
  return typeof count === "number" && Number.isSafeInteger(count) && count >= 0 ? count : null;
}

function unknown(fault: MessageFault, sequence: number | null): FeedMessage {
  return { kind: "unknown", sequence, fault };
}
