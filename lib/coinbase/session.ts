import type { ProductId } from "../candles/product.ts";
import type { Connection } from "./connection.ts";
import { Continuity } from "./continuity.ts";
import type { FeedContext } from "./feed_context.ts";
import type { LossReason } from "../exchange/feed_event.ts";
import type { TradesMessage } from "./messages.ts";
import { parseMessage } from "./messages.ts";
import { refusalText } from "./delivery.ts";
import { closeText, connectErrorText } from "./exchange_text.ts";
import { Readiness } from "./readiness.ts";
import { Subscriber } from "./subscriber.ts";

/** The part of the connection that a session reports to, beside the events that it emits. */
type SessionOwner = Pick<Connection, "opened" | "received" | "accepted" | "refused">;

/**
 * One WebSocket from its connect to its end. It owns the socket and all state learned through it, so a late message of
 * an abandoned socket cannot affect the next one. It ends once, because of a failure or by `end`,
 * and then drops the socket without waiting for it.
 */
export class Session {
  /** Resolves with the reason when the session is over. */
  readonly ended: Promise<string>;
  /** Resolves when the socket itself is gone, which can take long after `ended`. */
  readonly socketGone: Promise<void>;
  readonly #context: FeedContext;
  readonly #connection: number;
  readonly #desired: ReadonlySet<ProductId>;
  readonly #socket: WebSocket;
  readonly #readiness: Readiness;
  readonly #subscriber: Subscriber;
  readonly #sequence = new Continuity(0);
  readonly #heartbeats = new Continuity(null);
  readonly #owner: SessionOwner;
  readonly #over = new AbortController();
  #settle: (reason: string) => void = () => {};
  #cancelTimer: () => void;
  #opened = false;
  #answers = 0;
  #errorAt: number | null = null;
  #errorWords: string | null = null;
  /** Error messages that name a product. */
  readonly #wordsOf = new Map<ProductId, string>();
  #lastMessageAt: number;
  /** When the last heartbeat came or was requested. */
  #lastHeartbeatAt: number;
  #heartbeatSeenAt: number;
  #lastCheckAt: number;

  /** Connects immediately. `desired` may change later, see `reconcile`. */
  constructor(
    context: FeedContext,
    connection: number,
    desired: ReadonlySet<ProductId>,
    owner: SessionOwner,
  ) {
    this.#context = context;
    this.#connection = connection;
    this.#desired = desired;
    this.#owner = owner;
    this.ended = new Promise((resolve) => this.#settle = resolve);
    const now = context.clock.now();
    this.#lastMessageAt = this.#lastHeartbeatAt = this.#lastCheckAt = now;
    this.#heartbeatSeenAt = now;
    this.#readiness = new Readiness(context.timings);
    const socket = new WebSocket(context.url);
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    this.#subscriber = new Subscriber({
      context,
      desired,
      readiness: this.#readiness,
      signal: this.#over.signal,
      send: (text) => socket.send(text),
    });
    this.#cancelTimer = context.clock.after(
      context.timings.connectMs,
      () => this.end("no connection in time"),
    );
    this.socketGone = new Promise((gone) => socket.addEventListener("close", () => gone()));
    socket.onopen = () => this.#open();
    socket.onmessage = ({ data }) => this.#receive(data);
    socket.onerror = (event) => this.end(errorText(event));
    socket.onclose = ({ code, reason }) => this.end(this.#withWords(closeText(code, reason)));
  }

  /** Whether the connect succeeded. */
  get opened(): boolean {
    return this.#opened;
  }

  /** The products for which heartbeats count. */
  get ready(): readonly ProductId[] {
    return this.#readiness.ready;
  }

  /** When the last message came, by our clock; the connect's beginning if none did. */
  get lastMessageAt(): number {
    return this.#lastMessageAt;
  }

  /** Whether heartbeats come; before this is false they are requested again. */
  get hasHeartbeats(): boolean {
    const { clock, timings } = this.#context;
    return clock.now() - this.#heartbeatSeenAt < 2 * timings.silenceMs;
  }

  /** The desired products have changed: subscribes and unsubscribes the difference. */
  reconcile(): void {
    if (this.#opened) this.#subscribe();
  }

  /** Ends the session and abandons the socket. */
  end(reason: string): void {
    if (this.#over.signal.aborted) return;
    this.#over.abort(new Error("the session is over"));
    this.#cancelTimer();
    const socket = this.#socket;
    socket.onopen = socket.onmessage = socket.onclose = null;
    // Kept, since an error event without a listener is reported as uncaught.
    socket.onerror = (event) => event.preventDefault();
    socket.close();
    this.#settle(reason);
  }

  #open(): void {
    const now = this.#context.clock.now();
    this.#opened = true;
    this.#lastMessageAt = this.#lastHeartbeatAt = this.#lastCheckAt = now;
    this.#heartbeatSeenAt = now;
    this.#cancelTimer();
    this.#owner.opened();
    this.#subscribe();
    this.#scheduleCheck();
  }

  #subscribe(): void {
    this.#subscriber.run().catch((error: unknown) => {
      this.end(`subscribing failed: ${error instanceof Error ? error.name : "unknown"}`);
    });
  }

  #scheduleCheck(): void {
    const everyMs = Math.min(1000, this.#context.timings.silenceMs / 4);
    this.#cancelTimer = this.#context.clock.after(everyMs, () => {
      const now = this.#context.clock.now();
      // After a stall of this process, messages may wait unread: only the next check can judge
      // silence.
      if (now - this.#lastCheckAt < everyMs + this.#context.timings.silenceMs / 2) this.#check(now);
      this.#lastCheckAt = now;
      if (!this.#over.signal.aborted) this.#scheduleCheck();
    });
  }

  #check(now: number): void {
    const { silenceMs } = this.#context.timings;
    if (now - this.#lastMessageAt >= silenceMs) return this.end("silent");
    if (now - this.#lastHeartbeatAt >= silenceMs) {
      this.#lastHeartbeatAt = now;
      this.#subscriber.requestHeartbeats();
      this.#subscribe();
    }
    const overdue = this.#readiness.overdue(now, this.#errorAt);
    const refused = this.#readiness.refused;
    this.#reportRefused(refused);
    // After an error message, one bad product may have spoiled the whole request: each is then requested separately.
    // Without any answer at all the connection itself is at fault.
    const hopeless = this.#errorAt === null ||
      refused.length === this.#readiness.requested.size;
    const isLate = overdue.length > 0 || refused.length > 0;
    if (this.#answers === 0 && hopeless && isLate) {
      return this.end(
        this.#errorWords === null ? "subscription unanswered" : refusalText(this.#errorWords),
      );
    }
    if (overdue.length === 0) return;
    this.#subscriber.requestSingly(overdue);
    this.#subscribe();
  }

  #receive(data: unknown): void {
    this.#lastMessageAt = this.#context.clock.now();
    if (typeof data !== "string") return this.#context.dropped("binary", 1);
    const message = parseMessage(data);
    if (message.kind === "error") {
      this.#errorAt = this.#lastMessageAt;
      this.#context.dropped("error_message", 1);
      return this.#receiveError(message.words);
    }
    if (this.#sequence.jumped(message.sequence)) this.#lose("sequence");
    switch (message.kind) {
      case "trades":
        return this.#receiveTrades(message);
      case "heartbeat":
        return this.#receiveHeartbeat(message.timeMs, message.counter);
      case "subscriptions":
        if (message.products.size > 0) this.#answers++;
        this.#readiness.answer(message.products, this.#lastMessageAt);
        this.#owner.accepted(this.#readiness.answered);
        return;
      case "unknown":
        return this.#context.dropped(message.fault, 1);
    }
  }

  #receiveError(words: string): void {
    this.#errorWords = words;
    const named = new Set(words.match(/[A-Z0-9]+-[A-Z0-9]+/g) ?? []);
    for (const product of this.#desired) if (named.has(product)) this.#wordsOf.set(product, words);
    this.#context.quietLog.warn(words, "the exchange reports an error: {error}", {
      connection: this.#connection,
      error: words,
    });
  }

  /** Adds the last error message, if any, as the likely cause of an end. */
  #withWords(reason: string): string {
    return this.#errorWords === null ? reason : `${reason} after the error "${this.#errorWords}"`;
  }

  #reportRefused(products: readonly ProductId[]): void {
    const byWords = new Map<string, ProductId[]>();
    for (const product of products) {
      const words = this.#wordsOf.get(product) ?? this.#errorWords ?? "no answer";
      byWords.set(words, [...byWords.get(words) ?? [], product]);
    }
    for (const [words, refused] of byWords) this.#owner.refused(refused, words);
  }

  /** Only data of acknowledged subscriptions shows that the exchange serves this socket. */
  #live(): void {
    if (this.#answers > 0) this.#owner.received();
  }

  #receiveTrades({ dropped, trades, snapshot, timestampMs }: TradesMessage): void {
    if (dropped !== null) {
      for (const [reason, count] of dropped) this.#context.dropped(reason, count);
    }
    if (trades.length === 0) return;
    this.#live();
    const connection = this.#connection;
    const { queue } = this.#context;
    queue.emit({ kind: "trades", connection, snapshot, timestampMs, trades }, this.#desired);
    if (snapshot) this.#readiness.snapshot(trades);
  }

  #receiveHeartbeat(timeMs: number, counter: number | null): void {
    this.#lastHeartbeatAt = this.#heartbeatSeenAt = this.#lastMessageAt;
    if (this.#heartbeats.jumped(counter)) this.#lose("heartbeat");
    this.#readiness.heartbeat(timeMs);
    const products = this.#readiness.ready;
    if (products.length === 0) return;
    this.#live();
    const connection = this.#connection;
    this.#context.queue.emit({ kind: "heartbeat", connection, timeMs, products }, this.#desired);
  }

  #lose(reason: LossReason): void {
    const connection = this.#connection;
    const products = [...this.#desired];
    this.#context.queue.emit({ kind: "loss", connection, products, reason }, products);
  }
}

function errorText(event: Event): string {
  event.preventDefault();
  return connectErrorText(event instanceof ErrorEvent ? event.message : "");
}
