import type { ClockOptions } from "./exchange_clock.ts";

/** Options of the simulated exchange. All are optional. */
export interface SimulatorOptions {
  /** 0, the default, takes any free port; always on 127.0.0.1. */
  readonly port?: number;
  /** The same seed gives the same trades, candles and faults. Default 1. */
  readonly seed?: number;
  /** How many products (the busiest first), or their ids. Default 20. */
  readonly products?: number | readonly string[];
  /** Of all products together, on average, in exchange time. Default 20. */
  readonly tradesPerSecond?: number;
  readonly clock?: ClockOptions;
  /** How often a connection gets its new trades, in real milliseconds. Default 250. */
  readonly batchMs?: number;
  /**
   * Of all products together before the start. Fewer than after it make each of them larger, so
   * that volumes stay the same, and a long past takes few pages to read. Default: as after it.
   */
  readonly pastTradesPerSecond?: number;
  /**
   * Hours of trades before the start; they are made when requested, so years cost nothing. Default
   * 1, or less: at most a million trades.
   */
  readonly historyHours?: number;
  /** Days before the start of which there are candles. Default 400. */
  readonly historyDays?: number;
  /**
   * Exchange hours for which trades made since the start are kept; with the first of them the past's
   * go too, as a listing has no hole. Default: forever.
   */
  readonly retainHours?: number;
  /** Also list `-USDC` twins, a delisted and a hidden product, as Coinbase does. Default true. */
  readonly extraListings?: boolean;
  /** Trades of each product in a snapshot. Default 50. */
  readonly snapshotTrades?: number;
  /** One snapshot message for each subscribe (the default), or for each product. */
  readonly snapshotPer?: "subscribe" | "product";
  /** A connection without a subscription is closed after this long. Default 5000. */
  readonly subscribeTimeoutMs?: number;
  /** Enforce Coinbase's limits: 8 connections and messages a second, 10 requests. Default false. */
  readonly limits?: boolean;
  /**
   * How long REST caches an answer, except for requests with `no-cache`; exchange time. Default
   * 1000.
   */
  readonly restCacheMs?: number;
  /**
   * Connections pass a relay, so that cutting one breaks it without a close frame; a little slower.
   * Default false: a cut is a close frame with code 1011.
   */
  readonly abruptCuts?: boolean;
  /** Called with each text at the moment when it is written to a connection's socket. */
  readonly onFrame?: (text: string) => void;
  /** Called with each REST request's path and query, and the text it is answered with. */
  readonly onAnswer?: (path: string, text: string) => void;
  /** No timers: trades, batches and heartbeats happen in `advance` only. Default false. */
  readonly manual?: boolean;
}

export type ResolvedOptions = Required<SimulatorOptions>;

const MOST_PAST_TRADES = 1_000_000;

export function resolveOptions(options: SimulatorOptions): ResolvedOptions {
  const { tradesPerSecond = 20, pastTradesPerSecond = tradesPerSecond } = options;
  return {
    port: 0,
    seed: 1,
    products: 20,
    tradesPerSecond,
    pastTradesPerSecond,
    clock: {},
    batchMs: 250,
    historyHours: Math.min(1, MOST_PAST_TRADES / pastTradesPerSecond / 3600),
    historyDays: 400,
    retainHours: Infinity,
    extraListings: true,
    snapshotTrades: 50,
    snapshotPer: "subscribe",
    subscribeTimeoutMs: 5000,
    limits: false,
    restCacheMs: 1000,
    abruptCuts: false,
    onFrame: () => {},
    onAnswer: () => {},
    manual: false,
    ...options,
  };
}
