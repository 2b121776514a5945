// @ts-self-types="./rs-charts.d.ts"
/**
 * Live candles and products for pages made for the older chart library: its own classes, with Spot Canvas in place of
 * Firestore. A candle is `{timestamp (epoch seconds), open, high, low, close, volume, lastUpdate (Date), productId}`. The
 * library refuses what is older than its newest candle, so candles come ascending: what closed while the connection was
 * lost comes before what is live. All subscriptions of a page share one connection.
 */
import { followCandles } from "../client.js";

const HOME = new URL("/", import.meta.url);
const FIRST_RETRY_MS = 1000;
const LONGEST_RETRY_MS = 30_000;
/** The products that the library's own list names, for its menu. */
const MINIMAL = new Set(["BTC-USD", "ETH-USD", "ADA-USD", "DOGE-USD", "SOL-USD"]);

/** One subscription at a time. `server` is Spot Canvas' address; by default the one this module came from. */
export class LiveCandleSubscription {
  #server;
  #stop = null;
  #isDisposed = false;

  constructor(server) {
    this.#server = addressOf(server);
  }

  /** Ends the subscription there was, and calls `onUpdate` with the current candle and then with every change. */
  subscribe(symbol, granularity, onUpdate) {
    this.unsubscribe();
    if (!this.#isDisposed) this.#stop = openLive(this.#server, symbol, granularity, onUpdate);
    return Promise.resolve();
  }

  unsubscribe() {
    this.#stop?.();
    this.#stop = null;
  }

  /** Ends it; it cannot be started again. */
  dispose() {
    this.#isDisposed = true;
    this.unsubscribe();
  }
}

/** Many subscriptions. */
export class LiveCandleSubscriptionManager {
  static #instance = null;
  #server;
  #stops = new Map();
  #count = 0;

  constructor(server) {
    this.#server = addressOf(server);
  }

  /** The page's one manager. */
  static getInstance(server) {
    return LiveCandleSubscriptionManager.#instance ??= new LiveCandleSubscriptionManager(server);
  }

  /** Resolves with the id that `unsubscribe` wants. */
  subscribe(symbol, granularity, callback) {
    const id = `${++this.#count}`;
    this.#stops.set(id, openLive(this.#server, symbol, granularity, callback));
    return Promise.resolve(id);
  }

  unsubscribe(id) {
    this.#stops.get(id)?.();
    this.#stops.delete(id);
  }

  /** Ends everything. */
  dispose() {
    for (const stop of this.#stops.values()) stop();
    this.#stops.clear();
    if (LiveCandleSubscriptionManager.#instance === this) {
      LiveCandleSubscriptionManager.#instance = null;
    }
  }
}

/** The few products that the library's menu begins with, or the first there are. Rejects if the server does not answer. */
export async function getMinimalProducts(server) {
  const all = await getAllProducts(server);
  const few = all.filter(({ id }) => MINIMAL.has(id));
  return few.length > 0 ? few : all.slice(0, MINIMAL.size);
}

/** All products that trade, in the library's shape. Rejects if the server does not answer. */
export async function getAllProducts(server) {
  const answer = await fetch(new URL("/api/products", addressOf(server)));
  if (!answer.ok) throw new Error(`/api/products answered ${answer.status}`);
  const { products } = await answer.json();
  return products.filter(({ status }) => status === "online").map((product) => ({
    id: product.product_id,
    baseCurrency: product.base_currency,
    quoteCurrency: product.quote_currency,
    status: "online",
    // Of orders, which are not made here.
    minSize: 0,
    maxSize: 0,
    lastUpdated: new Date(),
  }));
}

/** The library passes its Firestore object where an address may be given. */
function addressOf(server) {
  return typeof server === "string" || server instanceof URL ? new URL(server, HOME) : HOME;
}

/** Follows one candle until the function that it returns is called. */
function openLive(server, symbol, granularity, onUpdate) {
  const stopping = new AbortController();
  const { signal } = stopping;
  const hand = (candle) => signal.aborted || onUpdate(readCandle(candle));
  // The page read its history before: what was live in it may have closed since.
  untilRead(server, symbol, granularity, signal).then((page) => {
    if (page === null) return;
    page.candles.forEach(hand);
    followCandles({
      server,
      products: [symbol],
      granularities: [granularity],
      lastEventId: page.position,
      newest: page.candles.at(-1),
      ordered: true,
      pauseHidden: true,
      onCandle: hand,
      signal,
    });
  });
  return () => stopping.abort();
}

/** The newest candles and where a stream continues; null when it was stopped before they could be read. */
async function untilRead(server, symbol, granularity, signal) {
  const query = new URLSearchParams({ product: symbol, granularity, limit: "3" });
  for (
    let retryMs = FIRST_RETRY_MS;
    !signal.aborted;
    retryMs = Math.min(2 * retryMs, LONGEST_RETRY_MS)
  ) {
    try {
      const answer = await fetch(new URL(`/api/candles?${query}`, server), { signal });
      if (answer.ok) {
        const { candles } = await answer.json();
        return { candles, position: answer.headers.get("last-event-id") };
      }
      if (answer.status === 400 || answer.status === 404) {
        console.error(`${symbol} ${granularity}: ${(await answer.json()).title}`);
        return null;
      }
      await answer.body?.cancel();
    } catch {
      // Requested again below.
    }
    await new Promise((resolve) => {
      const timer = setTimeout(resolve, retryMs);
      signal.addEventListener("abort", () => resolve(clearTimeout(timer)), { once: true });
    });
  }
  return null;
}

function readCandle({ product_id, timestamp, open, high, low, close, volume }) {
  return {
    timestamp,
    open,
    high,
    low,
    close,
    volume,
    lastUpdate: new Date(),
    productId: product_id,
  };
}
