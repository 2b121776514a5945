import type { EpochSeconds, Granularity } from "../candles/granularity.ts";
import { GRANULARITY_SECONDS } from "../candles/granularity.ts";
import type { ProductId } from "../candles/product.ts";
import type { Trade } from "../candles/trade.ts";
import type { Clock } from "../time/clock.ts";
import { systemClock } from "../time/clock.ts";
import { nextTurn } from "../time/next_turn.ts";
import type { ExchangeCandle } from "../exchange/exchange_candle.ts";
import { readCandle } from "./candle_reader.ts";
import { ExchangeError, UnknownProductError } from "./exchange_error.ts";
import type { ExchangeProduct } from "../exchange/exchange_product.ts";
import type { ExchangeRest, RestStats } from "../exchange/exchange_rest.ts";
import {
  MAX_TRADES,
  type TradesAnswer,
  type TradesQuery,
  type Urgency,
} from "../exchange/trade_source.ts";
import { readProduct } from "./product_reader.ts";
import type { Answer, RequestTimings } from "./exchange_request.ts";
import { DEFAULT_REQUEST_TIMINGS, ExchangeRequester } from "./exchange_request.ts";
import { RateGate } from "./rate_gate.ts";
import { readTrade } from "./trade_reader.ts";

export { ExchangeError, UnknownProductError } from "./exchange_error.ts";

/** How to reach the exchange's REST interface. */
export interface ExchangeRestOptions {
  /** Up to and including `/api/v3/brokerage`. */
  readonly url: string;
  readonly requestsPerSecond: number;
  /** Aborting it rejects all pending and all later requests. */
  readonly signal?: AbortSignal;
  /**
   * Called with the number of rows left out, by reason: `product`, `candle` or a trade's bad field.
   */
  readonly onDropped?: (reason: string, count: number) => void;
  readonly fetch?: typeof fetch;
  /** Epoch milliseconds; used only where the exchange's answer has no date. */
  readonly now?: () => number;
  readonly clock?: Clock;
  readonly random?: () => number;
  readonly timings?: Partial<RequestTimings>;
  /** Most requests that wait; default 10,000. A further one fails with `queue_full`. */
  readonly capacity?: number;
}

const MAX_CANDLES = 300;
const PRODUCTS_PER_PAGE = 500;
/**
 * Trades that are read in one turn of the event loop, about a millisecond's work, for which live
 * candles wait.
 */
const SLICE = 250;
/** Long, so that requests sent while the exchange stalls do not all arrive in its next second. */
const FLIGHT_SECONDS = 2;
/** A list longer than this would never end. */
const MAX_PRODUCT_PAGES = 50;

/** Connects with the first request. Throws a `TypeError` if `url` is not an HTTP address. */
export function openExchangeRest(options: ExchangeRestOptions): ExchangeRest {
  const { protocol } = new URL(options.url);
  if (protocol !== "http:" && protocol !== "https:") {
    throw new TypeError(`not an HTTP address: ${protocol}`);
  }
  return new Rest(options);
}

class Rest implements ExchangeRest {
  readonly #requester: ExchangeRequester;
  readonly #gate: RateGate;
  readonly #now: () => number;
  readonly #onDropped: (reason: string, count: number) => void;

  constructor(options: ExchangeRestOptions) {
    const clock = options.clock ?? systemClock;
    this.#now = options.now ?? Date.now;
    this.#onDropped = options.onDropped ?? (() => {});
    this.#gate = new RateGate({
      perSecond: options.requestsPerSecond,
      clock,
      flight: FLIGHT_SECONDS,
      ...(options.capacity === undefined ? {} : { capacity: options.capacity }),
    });
    this.#requester = new ExchangeRequester({
      url: options.url.replace(/\/+$/, ""),
      gate: this.#gate,
      clock,
      fetch: options.fetch ?? fetch,
      timings: { ...DEFAULT_REQUEST_TIMINGS, ...options.timings },
      random: options.random ?? Math.random,
      signal: options.signal ?? new AbortController().signal,
    });
  }

  async products(urgency: Urgency = {}): Promise<ExchangeProduct[]> {
    const products = new Map<ProductId, ExchangeProduct>();
    let offset = 0;
    // Neither `num_products` nor a short page is documented to mean the end, so a page without new products does.
    for (let page = 0; page < MAX_PRODUCT_PAGES; page++) {
      const query = {
        product_type: "SPOT",
        limit: `${PRODUCTS_PER_PAGE}`,
        offset: `${offset}`,
      };
      const { rows } = await this.#requester.get(PRODUCTS, "products", query, urgency);
      const known = products.size;
      for (const row of rows) {
        const product = readProduct(row);
        if (product === null) this.#onDropped("product", 1);
        else products.set(product.productId, product);
      }
      if (products.size === known) break;
      offset += rows.length;
    }
    return [...products.values()];
  }

  async candles(
    productId: ProductId,
    granularity: Granularity,
    start: EpochSeconds,
    end: EpochSeconds,
    urgency: Urgency = {},
  ): Promise<ExchangeCandle[]> {
    const seconds = GRANULARITY_SECONDS[granularity];
    const candles = new Map<EpochSeconds, ExchangeCandle>();
    let from = Math.ceil(start / seconds) * seconds;
    for (; from < end; from += MAX_CANDLES * seconds) {
      const until = Math.min(from + MAX_CANDLES * seconds, end);
      const query = {
        start: `${from}`,
        // The exchange includes the candle that starts at `end`; here `end` is exclusive.
        end: `${Math.ceil(until / seconds) * seconds - seconds}`,
        granularity,
        limit: `${MAX_CANDLES}`,
      };
      const { rows } = await this.#ofProduct(productId, "candles", "candles", query, urgency);
      for (const row of rows) {
        const candle = readCandle(row, productId, granularity);
        if (candle === null) this.#onDropped("candle", 1);
        else if (candle.start >= start && candle.start < end) candles.set(candle.start, candle);
      }
    }
    return [...candles.values()].sort((a, b) => a.start - b.start);
  }

  async trades(
    productId: ProductId,
    { start, end, limit, ...urgency }: TradesQuery,
  ): Promise<TradesAnswer> {
    const query = {
      limit: `${Math.min(limit, MAX_TRADES)}`,
      ...(start === undefined ? {} : { start: `${start}` }),
      ...(end === undefined ? {} : { end: `${end}` }),
    };
    const requestedAtMs = this.#now();
    const { rows, dateMs } = await this.#ofProduct(productId, "ticker", "trades", query, urgency);
    const trades = new Map<number, Trade>();
    let unreadable = 0;
    for (const [index, row] of rows.entries()) {
      if (index > 0 && index % SLICE === 0) await nextTurn();
      const trade = readTrade(row, -Infinity, Infinity);
      if (typeof trade !== "string" && trade.productId === productId) {
        trades.set(trade.tradeId, trade);
        continue;
      }
      unreadable++;
      this.#onDropped(typeof trade === "string" ? trade : "product_id", 1);
    }
    return {
      trades: [...trades.values()].sort((a, b) => a.tradeId - b.tradeId),
      answeredAtMs: dateMs ?? requestedAtMs,
      unreadable,
    };
  }

  stats(): RestStats {
    return { outcomes: this.#requester.outcomes };
  }

  async #ofProduct(
    productId: ProductId,
    what: "candles" | "ticker",
    key: "candles" | "trades",
    query: Record<string, string>,
    urgency: Urgency,
  ): Promise<Answer> {
    const path = `${PRODUCTS}/${productId}/${what}`;
    try {
      return await this.#requester.get(path, key, query, urgency);
    } catch (error) {
      if (!(error instanceof ExchangeError) || error.status !== 404) throw error;
      throw new UnknownProductError(path, productId);
    }
  }
}

const PRODUCTS = "/market/products";
