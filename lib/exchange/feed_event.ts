import type { ProductId } from "../candles/product.ts";
import type { Trade } from "../candles/trade.ts";

/**
 * Why messages may be missing: the socket was closed, a message number or a heartbeat's counter
 * jumped, or the reader was too slow and the feed's own queue was full.
 */
export type LossReason = "disconnected" | "sequence" | "heartbeat" | "overflow";

/**
 * A feed's events, in the order in which they happened. `connection` is a connection's number, kept
 * when it reconnects and never given to another one.
 */
export type FeedEvent =
  | {
    readonly kind: "trades";
    readonly connection: number;
    /** Recent trades sent after subscribing: partly known already, and closing part of a gap. */
    readonly snapshot: boolean;
    /** When the exchange sent them, epoch milliseconds. */
    readonly timestampMs: number;
    /** Of any products of the connection, in no particular order. */
    readonly trades: readonly Trade[];
  }
  | {
    readonly kind: "heartbeat";
    readonly connection: number;
    /** The exchange's time, epoch milliseconds. */
    readonly timeMs: number;
    /**
     * The products whose event time this advances: their subscription was answered and their
     * snapshot has come.
     */
    readonly products: readonly ProductId[];
  }
  | {
    readonly kind: "loss";
    readonly connection: number;
    /** May miss trades, until their trade ids prove otherwise. */
    readonly products: readonly ProductId[];
    readonly reason: LossReason;
  }
  | {
    readonly kind: "connection";
    readonly connection: number;
    readonly state: ConnectionState;
    readonly products: readonly ProductId[];
    readonly reason?: string;
  };

/** `closed` is also the state while waiting for the next attempt. */
export type ConnectionState = "connecting" | "open" | "closed";
