/**
 * Live candles for pages made for the older chart library: the same two classes, with Spot Canvas in place of
 * Firestore. A candle is `{timestamp (epoch seconds), open, high, low, close, volume, lastUpdate (Date), productId}`.
 * What is missed while disconnected comes by itself: the server resumes where the client was, and where it cannot any
 * more, the candles since then are fetched.
 */

const FIRST_RETRY_MS = 1000;
const LONGEST_RETRY_MS = 30_000;
/** Candles whose state is remembered, so that a lower one never follows. */
const KEPT_STATES = 2000;

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
  let isUnsure = true;
  const states = new Map();

  /** Hands a candle over, unless a higher state of it was: what is fetched may be older than what was streamed meanwhile. */
  const deliver = (wire) => {
    const { timestamp } = wire;
    const state = stateOf(wire);
    if (closed || state < (states.get(timestamp) ?? 0)) return;
    states.delete(timestamp);
    states.set(timestamp, state);
    if (states.size > KEPT_STATES) states.delete(states.keys().next().value);
    const candle = readCandle(wire);
    if (newest === null || timestamp >= newest.timestamp) newest = candle;
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
      deliver(JSON.parse(event.data));
      if (isUnsure) attempt(closeFormer);
      isUnsure = false;
    });
    source.addEventListener("reset", () => {
      lastId = "";
      if (newest === null) return;
      const { timestamp } = newest;
      attempt(() => refetch(timestamp));
    });
    source.addEventListener("error", () => {
      // The browser reconnects by itself, unless the server answered with an error.
      if (source.readyState === EventSource.CLOSED) later(open);
    });
  };

  const refetch = async (since) => {
    const query = { product: symbol, granularity, start: since, limit: 1000 };
    for (const candle of await fetchAll(server, query)) {
      // Of the newest candle the stream has brought later states meanwhile.
      if (candle.timestamp < newest.timestamp) deliver(candle);
    }
    if (!closed) onUpdate(newest);
  };

  /**
   * A page reads its history before it subscribes: the candle that was live in it may have closed in between, and a stream
   * begins with the current candle alone.
   */
  const closeFormer = async () => {
    const { candles } = await fetchPage(server, { product: symbol, granularity, limit: 2 });
    for (const candle of candles) {
      if (candle.is_complete && candle.timestamp < newest.timestamp) deliver(candle);
    }
  };

  const attempt = (task) => task().catch(() => later(task));

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

/** All candles of a query, the oldest first. */
async function fetchAll(server, query) {
  const candles = [];
  for (let page = await fetchPage(server, query);; page = await fetchPage(server, page.next)) {
    candles.unshift(...page.candles);
    if (page.next === null) return candles;
  }
}

/** One page of history: a query, or the path of a next page. */
async function fetchPage(server, query) {
  const path = typeof query === "string" ? query : `/api/candles?${new URLSearchParams(query)}`;
  const answer = await fetch(new URL(path, server));
  if (!answer.ok) throw new Error(`${answer.status} ${answer.statusText}`);
  return await answer.json();
}

/** A number that is higher for a higher state of one candle. */
function stateOf({ is_complete, exact, revision }) {
  return (Number(is_complete) * 2 + Number(exact)) * 2 ** 40 + revision;
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
