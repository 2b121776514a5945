import type { ProductId } from "../candles/product.ts";
import type { Clock } from "../time/clock.ts";
import { systemClock } from "../time/clock.ts";
import { Connection } from "./connection.ts";
import type { FeedContext, FeedTimings } from "./feed_context.ts";
import { DEFAULT_TIMINGS } from "./feed_context.ts";
import { FeedQueue } from "./feed_queue.ts";
import type { FeedEvent } from "../exchange/feed_event.ts";
import type { FeedStats, TradeFeed } from "../exchange/trade_feed.ts";
import type { Log } from "./quiet_log.ts";
import { QuietLog, silentLog } from "./quiet_log.ts";
import { RateGate } from "./rate_gate.ts";

export interface TradeFeedOptions {
  /** The WebSocket's address. */
  readonly url: string;
  readonly products: readonly ProductId[];
  /** Default 20. */
  readonly productsPerConnection?: number;
  /** Makes a fresh signature for each message; see `openSigner`. */
  readonly sign?: () => Promise<string>;
  /** Called with what was not understood, by reason: a trade's bad field, or a message's fault. */
  readonly onDropped?: (reason: string, count: number) => void;
  readonly log?: Log;
  readonly signal?: AbortSignal;
  /** Most trades that wait for the reader; default 100,000. */
  readonly capacity?: number;
  readonly timings?: Partial<FeedTimings>;
  /** New connections a second; default 4, since each needs two messages. */
  readonly connectsPerSecond?: number;
  /**
   * Messages to the exchange a second, over all connections; default 8, its limit for one address.
   */
  readonly messagesPerSecond?: number;
  readonly clock?: Clock;
  readonly random?: () => number;
}

/**
 * The exchange's limits for one address are 8 new connections and 8 messages a second. A connection needs
 * two messages soon after it opens (it is closed after 5 s without), so there are half as many of them.
 */
const MESSAGES_PER_SECOND = 8;
const CONNECTS_PER_SECOND = 4;

/** How long `close` waits for the sockets' close handshakes. */
const GOODBYE_MS = 1_000;

/** Starts connecting immediately. Throws a `TypeError` if `url` is not a WebSocket address. */
export function openTradeFeed(options: TradeFeedOptions): TradeFeed {
  const { protocol } = new URL(options.url);
  if (protocol !== "ws:" && protocol !== "wss:") {
    throw new TypeError(`not a WebSocket address: ${protocol}`);
  }
  return new Feed(options);
}

class Feed implements TradeFeed {
  readonly #context: FeedContext;
  readonly #productsPerConnection: number;
  readonly #queue: FeedQueue;
  readonly #connections = new Set<Connection>();
  #nextNumber = 0;
  #reachable: boolean | null = null;
  #stopped: Promise<void> | null = null;

  constructor(options: TradeFeedOptions) {
    const clock = options.clock ?? systemClock;
    const log = options.log ?? silentLog;
    this.#productsPerConnection = options.productsPerConnection ?? 20;
    const quietLog = new QuietLog(log, clock);
    this.#queue = new FeedQueue(options.capacity ?? 100_000, quietLog);
    this.#context = {
      url: options.url,
      clock,
      timings: { ...DEFAULT_TIMINGS, ...options.timings },
      connects: new RateGate({
        perSecond: options.connectsPerSecond ?? CONNECTS_PER_SECOND,
        clock,
      }),
      messages: new RateGate({
        perSecond: options.messagesPerSecond ?? MESSAGES_PER_SECOND,
        clock,
      }),
      sign: options.sign ?? null,
      random: options.random ?? Math.random,
      log,
      quietLog,
      queue: this.#queue,
      dropped: options.onDropped ?? (() => {}),
    };
    this.setProducts(options.products);
    options.signal?.addEventListener("abort", () => void this.close(), { once: true });
    if (options.signal?.aborted) void this.close();
  }

  setProducts(products: readonly ProductId[]): void {
    if (this.#stopped !== null) return;
    const wanted = new Set(products);
    const missing = new Set(wanted);
    for (const connection of this.#connections) {
      for (const product of connection.products) missing.delete(product);
    }
    for (const connection of this.#connections) {
      const gone = [...connection.products].filter((product) => !wanted.has(product));
      const room = this.#productsPerConnection - connection.products.size + gone.length;
      const added = take(missing, room);
      if (connection.products.size === gone.length && added.length === 0) {
        this.#connections.delete(connection);
        connection.close();
      } else if (added.length > 0 || gone.length > 0) connection.change(added, gone);
    }
    while (missing.size > 0) this.#connect(take(missing, this.#productsPerConnection));
  }

  stats(): FeedStats {
    return {
      connections: [...this.#connections].map((connection) => connection.stats()),
      queued: this.#queue.waiting,
      capacity: this.#queue.capacity,
      overflowed: this.#queue.overflowed,
      losses: { ...this.#queue.losses },
    };
  }

  close(): Promise<void> {
    return this.#stopped ??= this.#close();
  }

  [Symbol.asyncIterator](): AsyncIterator<FeedEvent> {
    return this.#queue;
  }

  #connect(products: readonly ProductId[]): void {
    const number = this.#nextNumber++;
    const connection = new Connection(
      this.#context,
      number,
      products,
      (reachable, reason) => this.#reached(reachable, reason),
    );
    this.#connections.add(connection);
  }

  async #close(): Promise<void> {
    const connections = [...this.#connections];
    for (const connection of connections) connection.close();
    const goodbyes = Promise.all(connections.map(({ finished }) => finished));
    let cancel = () => {};
    const timeout = new Promise<void>((resolve) => {
      cancel = this.#context.clock.after(GOODBYE_MS, resolve);
    });
    await Promise.race([goodbyes, timeout]);
    cancel();
    this.#queue.end();
  }

  /**
   * Logs one line when the exchange becomes unreachable, one when it is reached again, and none in
   * between.
   */
  #reached(reachable: boolean, reason: string): void {
    const { log, url } = this.#context;
    if (reachable === this.#reachable) return;
    const anyOpen = [...this.#connections].some((connection) =>
      connection.stats().state === "open"
    );
    if (!reachable && anyOpen) return;
    if (!reachable) log.warn("the trade feed cannot be reached; retrying", { url, reason });
    else if (this.#reachable === false) log.info("the trade feed is reached again", { url });
    this.#reachable = reachable;
  }
}

/** Removes up to `count` items from a set, in its order. */
function take<Item>(items: Set<Item>, count: number): Item[] {
  const taken = [...items].slice(0, Math.max(0, count));
  for (const item of taken) items.delete(item);
  return taken;
}
