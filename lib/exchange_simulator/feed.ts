import { ClientConnection, type Wire } from "./connection.ts";
import type { Exchange } from "./exchange.ts";
import { parseSubscriptionRequest, type SubscriptionRequest } from "./subscription_request.ts";
import { type SnapshotOptions, Snapshots } from "./snapshots.ts";
import { tradeJson, wireTrade } from "./trade_text.ts";
import type { TradeTape } from "./trade_tape.ts";
import { RateLimit } from "./rate_limit.ts";
import { goTime, isoTime } from "./wire_time.ts";

const MAX_TRADES_PER_FRAME = 2000;
const SILENT_CHANNEL_MS = 90_000;

export interface FeedOptions extends SnapshotOptions {
  readonly subscribeTimeoutMs: number;
  readonly limits: boolean;
  /** The clock that they are counted by. */
  readonly limitMs: () => number;
}

/** The error with which the exchange answers a subscription. */
export interface Refusal {
  /** Null for every product. One of them spoils the whole request. */
  readonly products: ReadonlySet<string> | null;
  readonly chance: number;
  readonly message: string;
  readonly reason: string | null;
}

/** The WebSocket side: connections, their subscriptions, batches, snapshots and heartbeats. */
export class Feed {
  readonly connections = new Set<ClientConnection>();
  /** Until then connections are refused. */
  refusingUntilMicros = 0;
  refusingStatus = 503;
  /** The market_trades subscriptions that meet an error. */
  refusal: Refusal | null = null;

  readonly #exchange: Exchange;
  readonly #tape: TradeTape;
  readonly #wire: Wire;
  readonly #options: FeedOptions;
  readonly #messages = new RateLimit(8);
  readonly #readers = new Map<string, Set<ClientConnection>>();
  readonly #snapshots: Snapshots;
  #nextId = 1;

  constructor(exchange: Exchange, tape: TradeTape, wire: Wire, options: FeedOptions) {
    this.#exchange = exchange;
    this.#tape = tape;
    this.#wire = wire;
    this.#options = options;
    this.#snapshots = new Snapshots(exchange, wire, options);
  }

  /**
   * Takes over an accepted socket. `now` reads exchange time in epoch microseconds; `breakOff` ends
   * the connection without a close frame, where that is possible.
   */
  accept(socket: WebSocket, now: () => number, breakOff: (() => void) | null): void {
    const connection = new ClientConnection(this.#nextId++, now(), socket, this.#wire, breakOff);
    this.connections.add(connection);
    this.#wire.stats.connectionsOpened++;
    socket.addEventListener("message", (event) => this.#receive(connection, event.data, now()));
    socket.addEventListener("close", () => this.#remove(connection));
    // A reset connection reports an error first; the close event that follows is what counts.
    socket.addEventListener("error", (event) => event.preventDefault());
  }

  /** Hands new trades to the connections that want them; they are sent with the next flush. */
  distribute(): void {
    this.#tape.read(
      (id) => this.#readers.has(id),
      (id, trades) => {
        for (const connection of this.#readers.get(id) ?? []) {
          for (const trade of trades) connection.pending.push(trade);
        }
      },
    );
  }

  /** Sends a connection's waiting trades, and whatever was held back until now. */
  flush(connection: ClientConnection, nowMicros: number): void {
    if (connection.ended) return;
    connection.release(nowMicros);
    if (connection.pending.length === 0) return;
    const { random, settings: { rates }, stats } = this.#wire;
    if (random.chance(rates.mergeBatch)) return stats.fault("mergeBatch");
    const trades = connection.pending;
    connection.pending = [];
    if (random.chance(rates.cutConnection)) {
      return connection.cut();
    }
    if (random.chance(rates.unsubscribedTrade)) this.#addUnsubscribed(connection, trades);
    if (random.chance(rates.shuffleTrades)) {
      stats.fault("shuffleTrades");
      shuffle(trades, () => random.next());
    }
    stats.tradesSent += trades.length;
    let most = MAX_TRADES_PER_FRAME;
    if (trades.length > 1 && random.chance(rates.splitBatch)) {
      stats.fault("splitBatch");
      most = Math.ceil(trades.length / random.whole(2, 4));
    }
    for (let i = 0; i < trades.length; i += most) {
      const part = trades.length <= most ? trades : trades.slice(i, i + most);
      connection.sendTrades("update", part, nowMicros);
    }
  }

  /** Once per exchange second: heartbeats, and the end of unused connections. */
  beat(nowMicros: number): void {
    const { random, settings: { rates }, stats, speed } = this.#wire;
    for (const connection of this.connections) {
      if (connection.ended) continue;
      const ageMs = (nowMicros - connection.openedMicros) / 1000 / speed;
      if (connection.subscriptions.size === 0 && ageMs > this.#options.subscribeTimeoutMs) {
        connection.close(1008, "no subscription");
      } else if ((nowMicros - connection.sentMicros) / 1000 / speed > SILENT_CHANNEL_MS) {
        connection.close(1001, "idle");
      }
      if (!connection.subscriptions.has("heartbeats")) continue;
      const counter = ++connection.heartbeats;
      const odd = random.chance(rates.oddHeartbeat);
      if (odd) stats.fault("oddHeartbeat");
      const time = odd ? isoTime(nowMicros) : goTime(nowMicros, 91_717.5 + counter);
      stats.heartbeatsSent++;
      connection.send(
        "heartbeats",
        `[{"current_time":"${time}","heartbeat_counter":${odd ? counter : `"${counter}"`}}]`,
        nowMicros,
      );
    }
  }

  sendLateSnapshots(nowMicros: number): void {
    this.#snapshots.sendDue(nowMicros);
  }

  closeAll(): void {
    for (const connection of this.connections) connection.close(1001, "shutting down");
  }

  #receive(connection: ClientConnection, data: unknown, nowMicros: number): void {
    if (connection.ended) return;
    const request = parseSubscriptionRequest(data);
    if (request.type === "bad") return sendError(connection, request.message);
    this.#wire.stats.request({ connection: connection.id, ...request });
    if (this.#options.limits && !this.#messages.allows(this.#options.limitMs())) {
      return sendError(connection, "rate limit exceeded");
    }
    const unknown = request.productIds.filter((id) => !this.#exchange.canonical(id));
    if (unknown.length > 0) {
      return sendError(connection, `${unknown.join(", ")} is not a valid product`);
    }
    if (this.#refuses(request)) {
      const { message, reason } = this.refusal ?? {};
      this.#wire.stats.fault("refuseSubscription");
      const error = reason === null ? { message } : { message, reason };
      return connection.sendRaw(JSON.stringify({ type: "error", ...error }));
    }
    // A snapshot between two batches includes everything traded by now.
    this.#exchange.advanceTo(nowMicros);
    this.distribute();
    this.#subscribe(connection, request);
    this.#sendSubscriptions(connection, nowMicros);
    if (request.type === "subscribe" && request.channel === "market_trades") {
      this.#snapshots.start(connection, request.productIds, nowMicros);
    }
  }

  #refuses({ type, channel, productIds }: Exclude<SubscriptionRequest, { type: "bad" }>): boolean {
    if (this.refusal === null || type !== "subscribe" || channel !== "market_trades") return false;
    const { products, chance } = this.refusal;
    const isMeant = products === null || productIds.some((id) => products.has(id));
    return isMeant && this.#wire.random.chance(chance);
  }

  #subscribe(
    connection: ClientConnection,
    request: Exclude<SubscriptionRequest, { type: "bad" }>,
  ): void {
    const { type, channel } = request;
    const ids = channel === "heartbeats" ? ["heartbeats"] : request.productIds;
    const set = connection.subscriptions.get(channel) ?? new Set<string>();
    connection.subscriptions.set(channel, set);
    for (const id of ids) {
      if (type === "subscribe") set.add(id);
      else set.delete(id);
    }
    // An unsubscribe without products is for the whole channel.
    if (type === "unsubscribe" && request.productIds.length === 0) set.clear();
    if (set.size === 0) connection.subscriptions.delete(channel);
    if (channel === "market_trades") this.#indexReaders(connection);
  }

  #indexReaders(connection: ClientConnection): void {
    const wanted = new Set<string>();
    for (const id of connection.subscriptions.get("market_trades") ?? []) {
      const canonical = this.#exchange.canonical(id);
      if (canonical) wanted.add(canonical);
    }
    for (const [id, readers] of this.#readers) {
      if (wanted.has(id)) continue;
      readers.delete(connection);
      if (readers.size === 0) this.#readers.delete(id);
    }
    for (const id of wanted) {
      const readers = this.#readers.get(id);
      if (readers) readers.add(connection);
      else this.#readers.set(id, new Set([connection]));
    }
  }

  #sendSubscriptions(connection: ClientConnection, nowMicros: number): void {
    const sets: Record<string, string[]> = {};
    for (const [channel, ids] of connection.subscriptions) sets[channel] = [...ids];
    connection.send("subscriptions", JSON.stringify([{ subscriptions: sets }]), nowMicros);
  }

  #addUnsubscribed(connection: ClientConnection, trades: string[]): void {
    const { random, stats } = this.#wire;
    for (const [id, { market }] of this.#exchange.listings) {
      if (this.#readers.get(id)?.has(connection) || market.log.end === 0) continue;
      if (random.next() < 0.7) continue;
      trades.push(tradeJson(wireTrade(market, market.log.end - 1)));
      stats.fault("unsubscribedTrade");
      return;
    }
    trades.push(
      `{"trade_id":"1","product_id":"GHOST-USD","price":"1","size":"1","side":"BUY","time":"2026-01-01T00:00:00Z"}`,
    );
    stats.fault("unsubscribedTrade");
  }

  #remove(connection: ClientConnection): void {
    this.connections.delete(connection);
    connection.subscriptions.clear();
    this.#indexReaders(connection);
  }
}

function sendError(connection: ClientConnection, message: string): void {
  connection.sendRaw(JSON.stringify({ type: "error", message }));
}

function shuffle(items: string[], next: () => number): void {
  for (let i = items.length - 1; i > 0; i--) {
    const other = Math.floor(next() * (i + 1));
    const item = items[i] ?? "";
    items[i] = items[other] ?? "";
    items[other] = item;
  }
}
