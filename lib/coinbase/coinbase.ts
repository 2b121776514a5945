import type { Granularity } from "../candles/granularity.ts";
import type { Exchange, ExchangeOptions } from "../exchange/exchange.ts";
import { openTradeFeed } from "./feed.ts";
import { openExchangeRest } from "./rest.ts";
import { openSigner } from "./signing.ts";

/** Coinbase's addresses, the rate of requests, and an API key. */
export interface CoinbaseSettings {
  readonly coinbaseWsUrl: string;
  /** Up to and including `/api/v3/brokerage`. */
  readonly coinbaseRestUrl: string;
  /** Requests per second. */
  readonly coinbaseRestRps: number;
  /** Subscriptions are signed if both are given; market data needs neither. */
  readonly coinbaseApiKey: string | null;
  readonly coinbasePrivateKey: string | null;
}

/** The granularities of `market/products/{id}/candles`. */
const GRANULARITIES: readonly Granularity[] = [
  "ONE_MINUTE",
  "FIVE_MINUTE",
  "FIFTEEN_MINUTE",
  "THIRTY_MINUTE",
  "ONE_HOUR",
  "TWO_HOUR",
  "SIX_HOUR",
  "ONE_DAY",
];

/** Coinbase's Advanced Trade market data. Connects to nothing yet. */
export function openCoinbase(settings: CoinbaseSettings, options: ExchangeOptions): Exchange {
  const { log, onDropped, signal } = options;
  const { coinbaseApiKey: keyName, coinbasePrivateKey: privateKey } = settings;
  return {
    granularities: GRANULARITIES,
    rest: openExchangeRest({
      url: settings.coinbaseRestUrl,
      requestsPerSecond: settings.coinbaseRestRps,
      signal,
      onDropped,
    }),
    async openFeed(products) {
      const sign = keyName === null || privateKey === null
        ? {}
        : { sign: await openSigner({ keyName, privateKey }) };
      return openTradeFeed({ url: settings.coinbaseWsUrl, products, ...sign, onDropped, log });
    },
  };
}
