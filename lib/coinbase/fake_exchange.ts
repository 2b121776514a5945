/** One client of a `ScriptedExchange`. */
export interface ScriptedClient {
  /** 0 for the first client that connected. */
  readonly nth: number;
  readonly socket: WebSocket;
  /** The messages that it has sent so far. */
  readonly received: Record<string, unknown>[];
  /** Sends a message of a channel with the next sequence number. */
  send(channel: string, ...events: unknown[]): void;
  /** Answers its market_trades subscription with these products. */
  answer(...products: string[]): void;
  heartbeat(timeMs: number, counter?: number): void;
  trades(type: "snapshot" | "update", ...trades: [product: string, id: number][]): void;
}

/** A test's reactions to what clients do. */
export interface Script {
  connected?(client: ScriptedClient): void;
  received?(client: ScriptedClient, message: Record<string, unknown>): void;
}

/** The exchange's time in scripts, epoch milliseconds. */
export const SCRIPT_TIME_MS = Date.UTC(2026, 3, 7, 14, 30);

/** For tests: a WebSocket server on loopback that follows a script and does nothing else. */
export class ScriptedExchange implements AsyncDisposable {
  readonly clients: ScriptedClient[] = [];
  /** When each client connected and each message came, in milliseconds of `performance.now`. */
  readonly connectedAt: number[] = [];
  readonly receivedAt: number[] = [];
  readonly #script: Script;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor(script: Script, port = 0) {
    this.#script = script;
    const options = { port, hostname: "127.0.0.1", onListen() {} };
    this.#server = Deno.serve(options, (request) => this.#accept(request));
  }

  get port(): number {
    return this.#server.addr.port;
  }

  get url(): string {
    return `ws://127.0.0.1:${this.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { socket } of this.clients) {
      if (socket.readyState === WebSocket.OPEN) socket.close();
    }
    await this.#server.shutdown();
  }

  #accept(request: Request): Response {
    const { socket, response } = Deno.upgradeWebSocket(request, { idleTimeout: 0 });
    const client = scriptedClient(this.clients.length, socket);
    this.clients.push(client);
    this.connectedAt.push(performance.now());
    socket.onopen = () => this.#script.connected?.(client);
    socket.onmessage = ({ data }) => {
      this.receivedAt.push(performance.now());
      const message: Record<string, unknown> = JSON.parse(String(data));
      client.received.push(message);
      this.#script.received?.(client, message);
    };
    return response;
  }
}

/** Answers subscriptions and sends a snapshot immediately, as a healthy exchange does. */
export function answerSubscription(client: ScriptedClient, message: Record<string, unknown>): void {
  if (message.channel !== "market_trades") return;
  const products = new Set<string>();
  for (const { type, channel, product_ids } of client.received) {
    if (channel !== "market_trades" || !Array.isArray(product_ids)) continue;
    for (const product of product_ids) {
      if (type === "subscribe") products.add(product);
      else products.delete(product);
    }
  }
  client.answer(...products);
  if (message.type !== "subscribe" || !Array.isArray(message.product_ids)) return;
  const trades = message.product_ids.map((product): [string, number] => [String(product), 1]);
  client.trades("snapshot", ...trades);
}

function scriptedClient(nth: number, socket: WebSocket): ScriptedClient {
  let sequence = 0;
  const timestamp = new Date(SCRIPT_TIME_MS).toISOString();
  const send = (channel: string, ...events: unknown[]) => {
    socket.send(JSON.stringify({ channel, timestamp, sequence_num: sequence++, events }));
  };
  return {
    nth,
    socket,
    received: [],
    send,
    answer: (...products) => send("subscriptions", { subscriptions: { market_trades: products } }),
    heartbeat: (timeMs, counter) =>
      send("heartbeats", {
        current_time: new Date(timeMs).toISOString(),
        heartbeat_counter: counter,
      }),
    trades: (type, ...trades) =>
      send("market_trades", {
        type,
        trades: trades.map(([product_id, id]) => ({
          trade_id: `${id}`,
          product_id,
          price: "1",
          size: "1",
          side: "BUY",
          time: timestamp,
        })),
      }),
  };
}
