/** Types of the module `/client.js`: follows candles of a Spot Canvas, in browsers, Node and Deno. */

/** A candle as the server's stream has it; its numbers are rounded to doubles. */
export interface Candle {
  readonly product_id: string;
  readonly granularity: string;
  /** The start, epoch seconds. */
  readonly timestamp: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  /** Whether its time is over. */
  readonly is_complete: boolean;
  /** Built from every trade of its time, proven. */
  readonly exact: boolean;
  /** 0 when first closed, one more with each later change. */
  readonly revision: number;
  /** These five are null together where the candle is the exchange's own. */
  readonly trades: number | null;
  readonly quote_volume: number | null;
  readonly buy_volume: number | null;
  readonly first_trade_id: number | null;
  readonly last_trade_id: number | null;
}

/**
 * `connecting`: not connected yet. `live`: connected. `reconnecting`: lost, and being tried again for as long as it takes.
 * `refused`: the server knows no such product or granularity; nothing more comes, and the detail names the reason.
 */
export type FollowState = "connecting" | "live" | "reconnecting" | "refused";

/** Why closed candles may be missing: the server could not resume. */
export interface Reset {
  readonly last_event_id: string;
  readonly reason: "unparsable" | "expired" | "unknown" | "lost";
}

export interface FollowOptions {
  /** The server's address; unless given, the one that this module was loaded from. */
  readonly server?: string | URL;
  /** Product ids, or `"*"` for all. */
  readonly products: readonly string[] | "*";
  /** `ONE_MINUTE`, `ONE_HOUR` …, also as `1m`, `3600`; or `"*"` for all. */
  readonly granularities: readonly string[] | "*";
  /** No live candles. */
  readonly closedOnly?: boolean;
  /**
   * Called with the current candle of each product and granularity, and then with every change. Of one candle a lower state
   * never follows a higher one. `json` is the same as it was sent, with every digit.
   */
  readonly onCandle: (candle: Candle, json: string) => void;
  readonly onState?: (state: FollowState, detail?: string) => void;
  /** Closed candles may have been missed: read `/api/candles`. */
  readonly onReset?: (reset: Reset) => void;
  /** Ends it, as the function does that `followCandles` returns. */
  readonly signal?: AbortSignal;
  /** Begins behind this id instead of with the current candles: the header `last-event-id` of `/api/candles` names one. */
  readonly lastEventId?: string | null;
  /** The newest candle that is known already, with `lastEventId`: what is live waits until it has closed. */
  readonly newest?: Candle;
  /**
   * False: after a lost connection the current candles come again, and what closed in between does
   * not.
   */
  readonly resume?: boolean;
  /**
   * After a reconnection a live candle is kept back until what closed before it has come. `true`: so it is always, some two
   * seconds, and until that is exact unless that takes long; and after a reconnection or a reset
   * what closed in between is read, until it is final, and comes before all that is newer. `false`:
   * never.
   */
  readonly ordered?: boolean;
  /**
   * True: in a browser tab that is hidden there is no connection; what closed until then comes
   * when it is visible again.
   */
  readonly pauseHidden?: boolean;
}

/**
 * Follows candles until the returned function is called. All followers of one server share one connection, and it is
 * resumed where it was, however often it is lost.
 */
export function followCandles(options: FollowOptions): () => void;
