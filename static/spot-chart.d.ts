/** Types of the module `/spot-chart.js`, which defines the element `<spot-chart>` on import. */
export {};

/** A candle as the server's stream has it; the five that may be null are so where only the exchange's own is known. */
export interface SpotChartCandle {
  readonly product_id: string;
  readonly granularity: string;
  /** The start, epoch seconds. */
  readonly timestamp: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  readonly is_complete: boolean;
  /** Built from every trade of its bucket, proven. */
  readonly exact: boolean;
  readonly revision: number;
  readonly trades: number | null;
  readonly quote_volume: number | null;
  readonly buy_volume: number | null;
  readonly first_trade_id: number | null;
  readonly last_trade_id: number | null;
}

/** How a chart stands with its server; also its `state` attribute. */
export type SpotChartState =
  | "idle"
  | "connecting"
  | "live"
  | "reconnecting"
  | "stale"
  | "error";

export interface SpotChartEventMap extends Omit<HTMLElementEventMap, "error"> {
  candle: CustomEvent<SpotChartCandle>;
  /** Why there is no chart, or no such indicator. */
  error: CustomEvent<{ readonly attribute: string; readonly message: string }>;
  statechange: CustomEvent<{ readonly state: SpotChartState }>;
}

/** What is chosen, is chosen by attributes. */
export interface SpotChartElement extends HTMLElement {
  addEventListener<K extends keyof SpotChartEventMap>(
    type: K,
    listener: (this: SpotChartElement, event: SpotChartEventMap[K]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
}

declare global {
  interface HTMLElementTagNameMap {
    "spot-chart": SpotChartElement;
  }
}
