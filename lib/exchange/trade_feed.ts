import type { ProductId } from "../candles/product.ts";
import type { ConnectionState, FeedEvent, LossReason } from "./feed_event.ts";

/** Whether a connection delivers what it subscribed to. */
export interface DeliveryState {
  /** `up`: subscriptions are acknowledged and data comes. `starting`: nothing is known yet. */
  readonly state: "starting" | "up" | "down";
  /** Why it is down, in the exchange's words where it gave any; else null. */
  readonly reason: string | null;
  /** Products that the exchange refuses to send, with its reasons. */
  readonly refused: ReadonlyMap<ProductId, string>;
}

/** A connection as `stats` shows it. */
export interface ConnectionStats {
  readonly connection: number;
  readonly state: ConnectionState;
  readonly products: readonly ProductId[];
  /** The number of products that have an acknowledged subscription and their snapshot. */
  readonly ready: number;
  /** Judged by the last outcome: even on an open socket every subscription may be refused. */
  readonly delivery: DeliveryState;
  /** Attempts to connect since data last came. */
  readonly attempts: number;
  /**
   * False if trades come but no heartbeats, without which candles of quiet products do not close.
   */
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
  /** Trades that did not fit into the queue; each time a `loss` was emitted. */
  readonly overflowed: number;
  readonly losses: Readonly<Record<LossReason, number>>;
}

/**
 * The exchange's trades, live. Its opener is its only reader, and closes it. A reader that is too
 * slow costs the newest trades, not memory: when `capacity` trades wait, further ones are dropped
 * with a `loss` for their connection in their place.
 */
export interface TradeFeed extends AsyncIterable<FeedEvent> {
  /** Follows exactly these products, subscribing and unsubscribing only the difference. */
  setProducts(products: readonly ProductId[]): void;
  stats(): FeedStats;
  /** Ends all sockets and, after what still waits, the iteration. May be called again. */
  close(): Promise<void>;
}
