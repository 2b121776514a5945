import type { ProductId } from "../candles/product.ts";
import type { FeedContext } from "./feed_context.ts";
import type { Readiness } from "./readiness.ts";

/** One message's content, before it is signed. */
interface Request {
  readonly type: "subscribe" | "unsubscribe";
  readonly channel: "market_trades" | "heartbeats";
  readonly product_ids?: readonly ProductId[];
}

/**
 * A connection's first subscriptions go before repeated ones of others: the exchange closes an idle connection after 5
 * s.
 */
const FIRST = 1;
const REPEATED = 0;

/**
 * Keeps one socket's subscriptions equal to what is desired. Each message waits its turn at the feed's gate and is
 * composed only then, so changes that come together become one message.
 */
export class Subscriber {
  readonly #context: FeedContext;
  readonly #desired: ReadonlySet<ProductId>;
  readonly #readiness: Readiness;
  readonly #signal: AbortSignal;
  readonly #send: (text: string) => void;
  readonly #singles = new Set<ProductId>();
  #heartbeatsRequested = false;
  #running = false;

  constructor(options: {
    context: FeedContext;
    desired: ReadonlySet<ProductId>;
    readiness: Readiness;
    signal: AbortSignal;
    send: (text: string) => void;
  }) {
    this.#context = options.context;
    this.#desired = options.desired;
    this.#readiness = options.readiness;
    this.#signal = options.signal;
    this.#send = options.send;
  }

  /** These were not answered together: the next `run` requests each separately. */
  requestSingly(products: Iterable<ProductId>): void {
    for (const product of products) this.#singles.add(product);
  }

  /** The next `run` subscribes the heartbeats again. */
  requestHeartbeats(): void {
    this.#heartbeatsRequested = false;
  }

  /** Sends until nothing is left to send. Rejects only if signing or sending failed. */
  async run(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    try {
      while (!this.#signal.aborted && this.#next() !== null) {
        const priority = this.#heartbeatsRequested ? REPEATED : FIRST;
        await this.#context.messages.take({ priority, signal: this.#signal });
        const jwt = await this.#context.sign?.();
        // What is desired may have changed while waiting, so the message is composed now.
        const request = this.#next();
        if (request === null || this.#signal.aborted) break;
        this.#send(JSON.stringify(jwt === undefined ? request : { ...request, jwt }));
        this.#remember(request);
      }
    } catch (error) {
      if (!this.#signal.aborted) throw error;
    } finally {
      this.#running = false;
    }
  }

  #next(): Request | null {
    const requested = this.#readiness.requested;
    const gone = [...requested.keys()].filter((product) => !this.#desired.has(product));
    if (gone.length > 0) return market("unsubscribe", gone);
    const added = [...this.#desired].filter((product) => !requested.has(product));
    if (added.length > 0) return market("subscribe", added);
    if (!this.#heartbeatsRequested) return { type: "subscribe", channel: "heartbeats" };
    for (const product of this.#singles) {
      if (this.#desired.has(product)) return market("subscribe", [product]);
      this.#singles.delete(product);
    }
    return null;
  }

  #remember({ type, channel, product_ids: products = [] }: Request): void {
    if (channel === "heartbeats") this.#heartbeatsRequested = true;
    else if (type === "unsubscribe") this.#readiness.forget(products);
    else this.#readiness.request(products, this.#context.clock.now());
    for (const product of products) this.#singles.delete(product);
  }
}

function market(type: Request["type"], products: readonly ProductId[]): Request {
  return { type, product_ids: products, channel: "market_trades" };
}
