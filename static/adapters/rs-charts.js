/**
 * Live candles for pages made for the older chart library: the same two classes, with Spot Canvas in place of
 * Firestore. A candle is `{timestamp (epoch seconds), open, high, low, close, volume, lastUpdate (Date), productId}`.
 * What is missed while disconnected comes by itself: the server resumes where the client was, and where it cannot any
 * more, the candles since then are fetched.
 */

const FIRST_RETRY_MS = 1000;
const LONGEST_RETRY_MS = 30_000;

/** One subscription at a time. `server` is the address of Spot Canvas; by default the one this module came from. */
export class LiveCandleSubscription {
  #server;
  #close = null;

  constructor(server = new URL("/", import.meta.url)) {
    this.#server = server;
  }

  /** Ends the subscription there was, and calls `onUpdate` with the current candle and then with every change. */
  subscribe(symbol, granularity, onUpdate) {
    this.unsubscribe();
    this.#close = openLive(this.#server, symbol, granularity, onUpdate);
  }

  unsubscribe() {
    this.#close?.();
    this.#close = null;
  }
}

/** Many subscriptions; those of one symbol and granularity share one connection. */
export class LiveCandleSubscriptionManager {
  static #instance = null;
  #server;
  #shared = new Map();
  #count = 0;

  constructor(server = new URL("/", import.meta.url)) {
    this.#server = server;
  }

  /** The page's one manager. */
  static getInstance(server) {
    return LiveCandleSubscriptionManager.#instance ??= new LiveCandleSubscriptionManager(server);
  }

  /** Resolves with the id that `unsubscribe` wants. A candle that is known already comes at once. */
  subscribe(symbol, granularity, callback) {
    const key = `${symbol}/${granularity}`;
    const id = `${++this.#count}`;
    const held = this.#shared.get(key);
    if (held !== undefined) {
      held.callbacks.set(id, callback);
      if (held.newest !== null) callback(held.newest);
      return Promise.resolve(id);
    }
    const shared = { callbacks: new Map([[id, callback]]), newest: null, close: () => {} };
    this.#shared.set(key, shared);
    shared.close = openLive(this.#server, symbol, granularity, (candle) => {
      shared.newest = candle;
      for (const each of shared.callbacks.values()) each(candle);
    });
    return Promise.resolve(id);
  }

  unsubscribe(id, symbol, granularity) {
    const key = `${symbol}/${granularity}`;
    const shared = this.#shared.get(key);
    if (!shared?.callbacks.delete(id) || shared.callbacks.size > 0) return;
    this.#shared.delete(key);
    shared.close();
  }

  /** Ends everything. */
  dispose() {
    for (const { close } of this.#shared.values()) close();
    this.#shared.clear();
    if (LiveCandleSubscriptionManager.#instance === this) {
      LiveCandleSubscriptionManager.#instance = null;
    }
  }
}

/** Follows one candle until the function that it returns is called. */
function openLive(server, symbol, granularity, onUpdate) {
  let source = null;
  const retries = new Set();
  let retryMs = FIRST_RETRY_MS;
  let lastId = "";
  let newest = null;
  let closed = false;

  const deliver = (candle) => {
    newest = candle;
    onUpdate(candle);
  };

  const open = () => {
    const url = new URL("/stream", server);
    url.searchParams.set("products", symbol);
    url.searchParams.set("granularities", granularity);
    if (lastId !== "") url.searchParams.set("last_event_id", lastId);
    source = new EventSource(url);
    source.addEventListener("candle", (event) => {
      retryMs = FIRST_RETRY_MS;
      lastId = event.lastEventId;
      deliver(readCandle(JSON.parse(event.data)));
    });
    source.addEventListener("reset", () => {
      lastId = "";
      if (newest === null) return;
      const { timestamp } = newest;
      refetch(timestamp).catch(() => later(() => refetch(timestamp)));
    });
    source.addEventListener("error", () => {
      // The browser reconnects by itself, unless the server answered with an error.
      if (source.readyState === EventSource.CLOSED) later(open);
    });
  };

  const refetch = async (since) => {
    for (const candle of await fetchSince(server, symbol, granularity, since)) {
      // Of the newest candle the stream has brought later states meanwhile.
      if (!closed && candle.timestamp < newest.timestamp) onUpdate(candle);
    }
    if (!closed && newest !== null) onUpdate(newest);
  };

  const later = (task) => {
    if (closed) return;
    const retry = setTimeout(() => {
      retries.delete(retry);
      Promise.resolve(task()).catch(() => later(task));
    }, retryMs);
    retries.add(retry);
    retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS);
  };

  open();
  return () => {
    closed = true;
    for (const retry of retries) clearTimeout(retry);
    source.close();
  };
}

/** All candles from `since` on, the oldest first. */
async function fetchSince(server, symbol, granularity, since) {
  const query = new URLSearchParams({ product: symbol, granularity, start: since, limit: 1000 });
  const pages = [];
  for (let next = `/api/candles?${query}`; next !== null;) {
    const answer = await fetch(new URL(next, server));
    if (!answer.ok) throw new Error(`${answer.status} ${answer.statusText}`);
    const page = await answer.json();
    pages.unshift(...page.candles);
    next = page.next;
  }
  return pages.map(readCandle);
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
