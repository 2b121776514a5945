import type { ProductId } from "../candles/product.ts";
import type { ConnectionState, FeedEvent, LossReason } from "./feed_event.ts";

/** What a connection brings of what is wanted of it. */
export interface DeliveryState {
  /** `up`: subscriptions are acknowledged and data comes. `starting`: nothing is known yet. */
  readonly state: "starting" | "up" | "down";
  /** Why it is down, in the exchange's words where it gave any; else null. */
  readonly reason: string | null;
  /** Products that the exchange does not send, with what it said to them. */
  readonly refused: ReadonlyMap<ProductId, string>;
}

/** A connection as `stats` shows it. */
export interface ConnectionStats {
  readonly connection: number;
  readonly state: ConnectionState;
  readonly products: readonly ProductId[];
  /** How many of them have their subscription answered and their snapshot in. */
  readonly ready: number;
  /** What it brings, by the last outcome: an open socket may be refused everything. */
  readonly delivery: DeliveryState;
  /** Attempts to connect since data last came. */
  readonly attempts: number;
  /** False where products are sent, but no heartbeats: what closes candles where nothing is traded. */
  readonly heartbeats: boolean;
  /** Null while there is no open socket. */
  readonly lastMessageAgeMs: number | null;
  readonly lastError: string | null;
}

/** How a feed is doing. */
export interface FeedStats {
  readonly connections: readonly ConnectionStats[];
  /** Trades and events that wait for the reader. */
  readonly queued: number;
  /** How many may wait. */
  readonly capacity: number;
  /** Trades that did not fit into the queue; a `loss` told of them. */
  readonly overflowed: number;
  readonly losses: Readonly<Record<LossReason, number>>;
}

/**
 * The exchange's trades, live. Whoever opens it reads it (one reader) and closes it. A reader that is too
 * slow costs the newest trades, not memory: when `capacity` trades wait, further ones are dropped with a
 * `loss` for their connection in their place.
 */
export interface TradeFeed extends AsyncIterable<FeedEvent> {
  /** Follows exactly these products, subscribing and unsubscribing only the difference. */
  setProducts(products: readonly ProductId[]): void;
  stats(): FeedStats;
  /** Ends all sockets and, after what still waits, the iteration. May be called again. */
  close(): Promise<void>;
}
