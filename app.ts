import { App, createDefine, csp, staticFiles } from "fresh";
import type { Candle, CandleKey } from "./lib/candles/candle.ts";
import type { Decimal } from "./lib/candles/decimal.ts";
import type { EpochSeconds, Granularity } from "./lib/candles/granularity.ts";
import type { ProductId } from "./lib/candles/product.ts";
import type { Config } from "./lib/config.ts";
import type { Hub } from "./lib/stream/hub.ts";

/** A product as pages and the API see it: the exchange's catalogue entry. Decimals are exact. */
export interface CatalogueProduct {
  readonly id: ProductId;
  /** `Bitcoin`; falls back to the currency code. */
  readonly baseName: string;
  readonly baseCurrency: string;
  readonly quoteCurrency: string;
  readonly price: Decimal | null;
  /** Percent over 24 hours, as the exchange reports it. */
  readonly priceChange24h: Decimal | null;
  /** In the base currency. */
  readonly volume24h: Decimal | null;
  /** In the quote currency. */
  readonly quoteVolume24h: Decimal | null;
  /** The price's tick, which decides how many digits are shown. */
  readonly quoteIncrement: Decimal | null;
  readonly status: "online" | "delisted" | "offline";
}

/** The products that this process serves, most traded first. Empty until loaded. */
export interface Catalogue {
  readonly loaded: boolean;
  ids(): readonly ProductId[];
  has(id: ProductId): boolean;
  get(id: ProductId): CatalogueProduct | null;
  all(): readonly CatalogueProduct[];
}

/** Which candles to read: `start` inclusive, `end` exclusive; without them the newest. */
export interface CandleQuery {
  readonly productId: ProductId;
  readonly granularity: Granularity;
  readonly start?: EpochSeconds;
  readonly end?: EpochSeconds;
  /** At most 1000. */
  readonly limit: number;
}

/** Stored candles with the live one on top. */
export interface CandleHistory {
  /** Ascending by start; the newest `limit` of the range. Rejects while the store is down. */
  page(query: CandleQuery): Promise<readonly Candle[]>;
  /** The newest candle of a key, live or closed; null if there is none yet. */
  current(key: CandleKey): Candle | null;
  /** Closing prices of the last 24 hours in equal steps, oldest first, for drawing; empty if unknown. */
  sparkline(productId: ProductId): readonly number[];
}

/** How one of the outside parties is doing. */
export interface PartState {
  readonly state: "starting" | "up" | "degraded" | "down" | "off";
  /** One line for a person: what is wrong, or null. */
  readonly detail: string | null;
}

/** What `/readyz`, `/status` and the pages' badge show. */
export interface Status {
  readonly feed: PartState;
  readonly bus: PartState;
  readonly store: PartState;
  /** Candles come from the simulated exchange. */
  readonly simulated: boolean;
  readonly version: string;
  readonly startedAt: EpochSeconds;
}

/** All that a request can ask for. Everything answers from the first moment, also while starting. */
export interface Services {
  readonly config: Config;
  readonly hub: Hub;
  readonly catalogue: Catalogue;
  readonly history: CandleHistory;
  status(): Status;
  /** The Prometheus exposition text. */
  metrics(): Promise<string>;
}

/** What travels with a request. */
export interface State {
  services: Services;
  requestId: string;
}

export const define = createDefine<State>();

/** The web application over its services; file routes come from `routes/`. */
export function createApp(services: Services): App<State> {
  const app = new App<State>();
  app.use(staticFiles());
  app.use((ctx) => {
    ctx.state.services = services;
    ctx.state.requestId = crypto.randomUUID();
    return ctx.next();
  });
  app.use(csp({ useNonce: true }));
  app.fsRoutes();
  return app;
}
