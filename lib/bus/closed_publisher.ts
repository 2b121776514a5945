import { JetStreamApiError } from "@nats-io/jetstream";
import { errors } from "@nats-io/transport-node";
import { type Candle, type CandleKey, candleKey } from "../candles/candle.ts";
import { encodeCandle } from "../candles/wire.ts";
import { describeBusError, KEEPS_NOTHING } from "./bus_error.ts";
import type { BusCondition } from "./bus_state.ts";
import type { ClosedPublisherOptions } from "./closed_publisher_options.ts";
import { DUPLICATE_WINDOW_MS } from "./layout.ts";
import { hasStream, newestOf, sameBytes, storedAt } from "./kept_candles.ts";
import { isOutdated } from "./lease_record.ts";
import { CLOSED_STREAM, messageIdOf, subjectOf } from "./names.ts";
import type { StreamLookup, StreamWriter } from "./stream_access.ts";
import { BackOff } from "../time/back_off.ts";
import { type Clock, systemClock } from "../time/clock.ts";
import { Fifo } from "../time/fifo.ts";
import { pause } from "../time/pause.ts";
import { untilDisconnect } from "./until_disconnect.ts";

interface Entry {
  readonly candle: Candle;
  readonly bytes: Uint8Array;
  readonly key: CandleKey;
  readonly messageId: string;
  /** When it was first sent, milliseconds of the monotonic clock; null before. */
  sentAtMs: number | null;
}

interface Kept {
  readonly sequence: number;
  readonly duplicate: boolean;
}

const CAPACITY = 100_000;
/**
 * Most candles sent and not yet acknowledged, no more than a fence has slots. Sending and acknowledging one takes the
 * client some 40 µs, and live candles wait for a whole window.
 */
const MAX_WINDOW = 64;
const ACK_TIMEOUT_MS = 5_000;
// JetStream forgets message ids after its window, counted by its own clock from the message's arrival.
const FORGOTTEN_AFTER_MS = DUPLICATE_WINDOW_MS / 2;

/**
 * Publishes closed candles in the order they were queued, each until JetStream has it. A window of
 * candles is sent without waiting for acknowledgements, over one socket, so the server takes them
 * in order; the next window is sent when all of this one are acknowledged. What is not acknowledged
 * (disconnected, timed out, refused) is sent again from the first such candle on; message ids make
 * JetStream keep what it has already got only once, and in its first place. After any failure the
 * window starts again at one candle, so that a refusal lets no later candle overtake. Owned by the
 * bus; memory is bounded by the capacity.
 */
export class ClosedPublisher {
  readonly #queue = new Fifo<Entry>();
  readonly #closing = new AbortController();
  readonly #running: Promise<void>;
  #wake = Promise.withResolvers<void>();
  #idle: PromiseWithResolvers<void> | null = null;
  #window = 1;
  readonly #clock: Clock;
  /** How many candles may wait. */
  readonly capacity: number;

  constructor(
    private readonly client: StreamWriter,
    private readonly manager: StreamLookup,
    private readonly condition: BusCondition,
    private readonly options: ClosedPublisherOptions,
    /** Called when the stream seems to be missing. */
    private readonly repairLayout: () => Promise<void>,
  ) {
    this.#clock = options.clock ?? systemClock;
    this.capacity = options.capacity ?? CAPACITY;
    options.lease?.lost.addEventListener("abort", () => this.#lose(), { once: true });
    this.#running = this.#run();
  }

  /** Candles not yet acknowledged. */
  get pending(): number {
    return this.#queue.length;
  }

  /** Queues a closed candle; `bytes` are its wire text, if the caller has it already. */
  enqueue(
    candle: Candle,
    bytes: Uint8Array = new TextEncoder().encode(encodeCandle(candle)),
  ): void {
    if (this.#hasLost) return;
    if (this.#closing.signal.aborted || this.#queue.length >= this.capacity) {
      this.options.onOverflow(candle);
      return;
    }
    this.#queue.add({
      candle,
      bytes,
      key: candleKey(candle.productId, candle.granularity),
      messageId: messageIdOf(candle),
      sentAtMs: null,
    });
    this.#wake.resolve();
  }

  /** Resolves when everything queued so far, and since, is acknowledged. */
  idle(): Promise<void> {
    if (this.#queue.length === 0) return Promise.resolve();
    this.#idle ??= Promise.withResolvers();
    return this.#idle.promise;
  }

  /** Waits up to `timeoutMs` for what is queued, then stops; returns how many candles were left. */
  async close(timeoutMs = 0): Promise<number> {
    if (timeoutMs > 0 && !this.#hasLost) {
      const idle = new AbortController();
      const late = pause(timeoutMs, idle.signal, this.#clock);
      await Promise.race([this.idle(), late]);
      idle.abort();
    }
    this.#closing.abort();
    this.#wake.resolve();
    await this.#running;
    return this.#queue.length;
  }

  get #hasLost(): boolean {
    return this.options.lease?.lost.aborted ?? false;
  }

  #lose(): void {
    this.#closing.abort();
    this.#queue.clear();
    this.#wake.resolve();
    this.#idle?.resolve();
    this.condition.trouble("closed candles", null);
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    const backOff = new BackOff(50, 5_000, this.#clock);
    while (!signal.aborted) {
      if (this.#queue.length === 0) {
        this.#idle?.resolve();
        this.#idle = null;
        this.#wake = Promise.withResolvers();
        await this.#wake.promise;
        continue;
      }
      const trouble = await this.#publishWindow();
      if (signal.aborted) break;
      if (trouble === null) {
        backOff.reset();
        this.#window = Math.min(this.#window * 4, MAX_WINDOW);
        continue;
      }
      this.#window = 1;
      await backOff.wait(signal);
    }
  }

  /**
   * Sends one window and removes what was acknowledged from the queue. Returns null, or what went
   * wrong.
   */
  async #publishWindow(): Promise<string | null> {
    if (!this.condition.connected) return "disconnected";
    if (this.options.lease?.permits === false) return "the lease could not be renewed";
    try {
      await this.#skipForgotten();
      const entries = this.#queue.peek(this.#window);
      const sent = Promise.allSettled(entries.map((entry, slot) => this.#send(entry, slot)));
      const kept = await untilDisconnect(this.condition, this.#closing.signal, sent);
      const failed = kept.find((outcome) => outcome.status === "rejected");
      const until = failed === undefined ? entries.length : kept.indexOf(failed);
      await this.#settle(entries.slice(0, until), kept);
      if (failed !== undefined) throw failed.reason;
      this.condition.trouble("closed candles", null);
      return null;
    } catch (error) {
      const reason = describeBusError(error);
      if (isOutdated(error) && await this.#mayTryAgain()) return reason;
      if (this.condition.connected && !this.#closing.signal.aborted) {
        const why = error instanceof errors.TimeoutError && await hasStream(this.manager)
          ? KEEPS_NOTHING
          : reason;
        this.condition.trouble("closed candles", why);
        if (!(error instanceof JetStreamApiError)) await this.repairLayout();
      }
      return reason;
    }
  }

  /**
   * Whether to retry after an expectation was refused. If the lease is lost, closes this publisher.
   */
  async #mayTryAgain(): Promise<boolean> {
    return await this.options.lease?.stands().catch(() => true) ?? false;
  }

  #send(entry: Entry, slot: number): Promise<Kept> {
    entry.sentAtMs ??= this.#clock.now();
    return this.client.publish(subjectOf("closed", entry.key), entry.bytes, {
      msgID: entry.messageId,
      timeout: ACK_TIMEOUT_MS,
      expect: { streamName: CLOSED_STREAM, ...this.options.lease?.expectation(slot) },
    }).then(({ seq, duplicate }) => ({ sequence: seq, duplicate }));
  }

  async #settle(
    entries: readonly Entry[],
    outcomes: readonly PromiseSettledResult<Kept>[],
  ): Promise<void> {
    for (const [index, entry] of entries.entries()) {
      const outcome = outcomes[index];
      if (outcome?.status !== "fulfilled") return;
      await this.#take(entry, outcome.value);
    }
  }

  /** Removes the first candle of the queue, which JetStream has. */
  async #take(entry: Entry, { sequence, duplicate }: Kept): Promise<void> {
    const stored = duplicate ? await storedAt(this.manager, sequence) : null;
    this.#queue.take();
    if (stored !== null && !sameBytes(stored, entry.bytes)) {
      this.options.onConflict(entry.candle, stored);
    } else {
      this.options.onAck?.({ candle: entry.candle, sequence, duplicate });
    }
  }

  /**
   * Candles sent so long ago that JetStream may have forgotten their ids would be kept twice. So the newest message of
   * their subject is looked up: if it is one of them, it and those before it are kept.
   */
  async #skipForgotten(): Promise<void> {
    for (;;) {
      const { first } = this.#queue;
      const oldMs = this.#clock.now() - (this.options.forgottenAfterMs ?? FORGOTTEN_AFTER_MS);
      if (first === null || first.sentAtMs === null || first.sentAtMs > oldMs) return;
      const newest = await newestOf(this.manager, first.key);
      const isKept = this.#queue.peek(MAX_WINDOW).some(({ sentAtMs, messageId }) =>
        sentAtMs !== null && messageId === newest?.messageId
      );
      if (newest === null || !isKept) {
        // JetStream does not have it: it is sent as if for the first time.
        first.sentAtMs = this.#clock.now();
        return;
      }
      const { sequence, messageId } = newest;
      await this.#take(first, { sequence, duplicate: first.messageId === messageId });
    }
  }
}
