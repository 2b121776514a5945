/** Types of `/adapters/rs-charts.js`, for pages made for the older chart library. */

export interface LiveCandle {
  /** Epoch seconds. */
  timestamp: number;
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number;
  lastUpdate: Date;
  productId: string;
}

export interface CoinbaseProduct {
  id: string;
  baseCurrency: string;
  quoteCurrency: string;
  status: "online" | "delisted";
  minSize: number;
  maxSize: number;
  lastUpdated: Date;
}

/** Where a `server` may be given, anything but an address counts as none: the module's own server. */
export class LiveCandleSubscription {
  constructor(server?: unknown);
  subscribe(
    symbol: string,
    granularity: string,
    onUpdate: (candle: LiveCandle) => void,
  ): Promise<void>;
  unsubscribe(): void;
  dispose(): void;
}

export class LiveCandleSubscriptionManager {
  constructor(server?: unknown);
  static getInstance(server?: unknown): LiveCandleSubscriptionManager;
  subscribe(
    symbol: string,
    granularity: string,
    callback: (candle: LiveCandle) => void,
  ): Promise<string>;
  unsubscribe(id: string, symbol?: string, granularity?: string): void;
  dispose(): void;
}

export function getMinimalProducts(server?: unknown): Promise<CoinbaseProduct[]>;
export function getAllProducts(server?: unknown): Promise<CoinbaseProduct[]>;
