import type { ProductId } from "../candles/product.ts";
import { BackOff } from "../time/back_off.ts";
import type { ConnectionStats } from "../exchange/trade_feed.ts";
import { Delivery } from "./delivery.ts";
import type { FeedContext } from "./feed_context.ts";
import type { ConnectionState } from "../exchange/feed_event.ts";
import { Session } from "./session.ts";

/**
 * A set of products that is kept subscribed through one socket after another until `close`. The feed owns
 * it. Whatever way a socket ends, the next one waits: longer each time until data has come.
 */
export class Connection {
  readonly number: number;
  readonly #context: FeedContext;
  readonly #products: Set<ProductId>;
  readonly #closing = new AbortController();
  readonly #onReachable: (reachable: boolean, reason: string) => void;
  readonly #delivery: Delivery;
  #session: Session | null = null;
  #state: ConnectionState = "closed";
  #attempts = 0;
  /** 2–4 s, 4–8 s, … 30–60 s, until data has come. */
  readonly #backOff: BackOff;
  #lastError: string | null = null;
  /** Resolves when the loop has ended and the last socket is gone. */
  readonly finished: Promise<void>;

  /**
   * Starts connecting immediately. Calls `onReachable` with the result of each attempt to connect.
   */
  constructor(
    context: FeedContext,
    number: number,
    products: Iterable<ProductId>,
    onReachable: (reachable: boolean, reason: string) => void,
  ) {
    const { clock, random, timings: { backoffMinMs, backoffMaxMs } } = this.#context = context;
    // Jitter can double a delay.
    this.#backOff = new BackOff(backoffMinMs, backoffMaxMs / 2, clock, random);
    this.number = number;
    this.#products = new Set(products);
    this.#delivery = new Delivery(this.#products);
    this.#onReachable = onReachable;
    this.finished = this.#run();
  }

  /** The products that it subscribes, in the order in which they were added. */
  get products(): ReadonlySet<ProductId> {
    return this.#products;
  }

  /** Adds and removes products without reconnecting. */
  change(added: Iterable<ProductId>, removed: Iterable<ProductId>): void {
    const gone = [...removed];
    for (const product of gone) this.#products.delete(product);
    this.#delivery.forget(gone);
    for (const product of added) this.#products.add(product);
    this.#session?.reconcile();
  }

  /** Ends the socket and the loop; `finished` resolves when that is done. */
  close(): void {
    this.#closing.abort(new Error("the connection is closed"));
    this.#session?.end("closed by us");
  }

  stats(): ConnectionStats {
    const session = this.#state === "open" ? this.#session : null;
    return {
      connection: this.number,
      state: this.#state,
      products: [...this.#products],
      // A product that is no longer wanted stays ready until its unsubscription is sent.
      ready: session?.ready.filter((product) => this.#products.has(product)).length ?? 0,
      delivery: this.#delivery.state,
      heartbeats: session?.hasHeartbeats ?? true,
      attempts: this.#attempts,
      lastMessageAgeMs: session === null ? null : this.#context.clock.now() - session.lastMessageAt,
      lastError: this.#lastError,
    };
  }

  /** A connect has succeeded. */
  opened(): void {
    this.#onReachable(true, "");
    this.#enter("open");
  }

  /** Data of an acknowledged subscription came. */
  received(): void {
    this.#attempts = 0;
    this.#backOff.reset();
    this.#delivery.received();
  }

  /** All products whose subscriptions are acknowledged on this socket. */
  accepted(products: ReadonlySet<ProductId>): void {
    const again = this.#delivery.accept(products);
    if (again.length === 0) return;
    this.#context.log.info("the exchange sends products that it refused: {products}", {
      connection: this.number,
      products: again.join(" "),
    });
  }

  /** The exchange does not send these: it refused them, or did not answer. Called repeatedly as long as that lasts. */
  refused(products: readonly ProductId[], words: string): void {
    const news = this.#delivery.refuse(products, words).join(" ");
    if (news === "") return;
    const key = `refused ${news} ${words}`;
    this.#context.quietLog.warn(key, "the exchange refuses {products}: {error}", {
      connection: this.number,
      products: news,
      error: words,
    });
  }

  async #run(): Promise<void> {
    const signal = this.#closing.signal;
    while (!signal.aborted) {
      try {
        await this.#context.connects.take({ signal });
        await this.#runSession();
        await this.#backOff.wait(signal);
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    }
  }

  async #runSession(): Promise<void> {
    this.#attempts++;
    this.#enter("connecting");
    const session = new Session(this.#context, this.number, this.#products, this);
    this.#session = session;
    const reason = await session.ended;
    this.#session = null;
    if (!this.#closing.signal.aborted) {
      this.#lastError = reason;
      this.#delivery.ended(reason);
      if (!session.opened) this.#onReachable(false, reason);
      else {
        this.#context.quietLog.warn(`ended ${reason}`, "a feed connection ended: {reason}", {
          connection: this.number,
          reason,
        });
        const connection = this.number;
        const products = [...this.#products];
        this.#context.queue.emit(
          { kind: "loss", connection, products, reason: "disconnected" },
          products,
        );
      }
    }
    this.#enter("closed", reason);
    if (this.#closing.signal.aborted) await session.socketGone;
  }

  #enter(state: ConnectionState, reason?: string): void {
    this.#state = state;
    this.#context.log.debug("feed connection", { connection: this.number, state, reason });
    const products = [...this.#products];
    this.#context.queue.emit({
      kind: "connection",
      connection: this.number,
      state,
      products,
      ...(reason === undefined ? {} : { reason }),
    }, products);
  }
}
