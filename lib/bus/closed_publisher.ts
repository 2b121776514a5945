import { JetStreamApiError, type JetStreamClient, type JetStreamManager } from "@nats-io/jetstream";
import { errors } from "@nats-io/transport-node";
import { type Candle, type CandleKey, candleKey } from "../candles/candle.ts";
import { encodeCandle } from "../candles/wire.ts";
import { describeBusError, KEEPS_NOTHING } from "./bus_error.ts";
import type { BusCondition } from "./bus_state.ts";
import { DUPLICATE_WINDOW_MS } from "./layout.ts";
import { CLOSED_STREAM, messageIdOf, subjectOf } from "./names.ts";
import { hasStream, newestOf, sameBytes, storedAt } from "./kept_candles.ts";
import { BackOff } from "./pause.ts";

/** What became of a closed candle. */
export interface ClosedAck {
  readonly candle: Candle;
  /** Its sequence in CLOSED_CANDLES. */
  readonly sequence: number;
  /** It was there before, byte for byte. */
  readonly duplicate: boolean;
}

/** What a publisher tells. The callbacks must not throw. */
export interface ClosedPublisherOptions {
  /** Candles waiting at most; 100,000 if not said. */
  readonly capacity?: number | undefined;
  /** Candles sent longer ago are looked up before they are sent again; half the duplicate window if not said. */
  readonly forgottenAfterMs?: number;
  /** It is kept by JetStream. Called in the order of publishing. */
  readonly onAck?: (ack: ClosedAck) => void;
  /** The queue is full: this candle is not published, and must be found again some other way. */
  readonly onOverflow: (candle: Candle) => void;
  /**
   * This revision of the candle was published before, with other content (`stored`, as JetStream keeps it):
   * publish it again one revision higher.
   */
  readonly onConflict: (candle: Candle, stored: Uint8Array) => void;
}

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
/** Candles under way at once, at most. */
const MAX_WINDOW = 256;
const ACK_TIMEOUT_MS = 5_000;
// JetStream forgets message ids after its window, counted by its own clock from the message's arrival.
const FORGOTTEN_AFTER_MS = DUPLICATE_WINDOW_MS / 2;

/**
 * Publishes closed candles in the order they were queued, each until JetStream has it. A window of candles is
 * sent at once, over one socket, so the server takes them in order; the next window is sent when all of this
 * one are acknowledged. What is not acknowledged (disconnected, timed out, refused) is sent again from the
 * first such candle on; message ids make JetStream keep what it has already got only once, and in its first
 * place. After any failure the window starts again at one candle, so that a refusal lets no later candle
 * overtake. Owned by the bus; memory is bounded by the capacity.
 */
export class ClosedPublisher {
  readonly #queue: Entry[] = [];
  readonly #closing = new AbortController();
  readonly #running: Promise<void>;
  #wake = Promise.withResolvers<void>();
  #idle: PromiseWithResolvers<void> | null = null;
  #window = 1;
  /** How many candles may wait. */
  readonly capacity: number;

  constructor(
    private readonly client: JetStreamClient,
    private readonly manager: JetStreamManager,
    private readonly condition: BusCondition,
    private readonly options: ClosedPublisherOptions,
    /** Told when the stream seems to be missing. */
    private readonly repairLayout: () => Promise<void>,
  ) {
    this.capacity = options.capacity ?? CAPACITY;
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
    if (this.#closing.signal.aborted || this.#queue.length >= this.capacity) {
      this.options.onOverflow(candle);
      return;
    }
    this.#queue.push({
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

  /** Waits up to `patienceMs` for what is queued, then stops; answers how many candles were left. */
  async close(patienceMs = 0): Promise<number> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    if (patienceMs > 0) {
      const late = new Promise<void>((resolve) => timer = setTimeout(resolve, patienceMs));
      await Promise.race([this.idle(), late]);
      clearTimeout(timer);
    }
    this.#closing.abort();
    this.#wake.resolve();
    await this.#running;
    return this.#queue.length;
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    const backOff = new BackOff(50, 5_000);
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

  /** Sends one window and takes what was acknowledged off the queue. Null, or what went wrong. */
  async #publishWindow(): Promise<string | null> {
    if (!this.condition.connected) return "disconnected";
    try {
      await this.#skipForgotten();
      const entries = this.#queue.slice(0, this.#window);
      const kept = await this.#untilDisconnect(
        Promise.allSettled(entries.map((entry) => this.#send(entry))),
      );
      const failed = kept.find((outcome) => outcome.status === "rejected");
      const until = failed === undefined ? entries.length : kept.indexOf(failed);
      await this.#settle(entries.slice(0, until), kept);
      if (failed !== undefined) throw failed.reason;
      this.condition.trouble("closed candles", null);
      return null;
    } catch (error) {
      const reason = describeBusError(error);
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

  #send(entry: Entry): Promise<Kept> {
    entry.sentAtMs ??= performance.now();
    return this.client.publish(subjectOf("closed", entry.key), entry.bytes, {
      msgID: entry.messageId,
      timeout: ACK_TIMEOUT_MS,
      expect: { streamName: CLOSED_STREAM },
    }).then(({ seq, duplicate }) => ({ sequence: seq, duplicate }));
  }

  /** Acknowledgements die with their connection: nothing is gained by waiting for their timeouts. */
  async #untilDisconnect<T>(work: Promise<T>): Promise<T> {
    const lost = Promise.withResolvers<never>();
    const stop = this.condition.onState(() => {
      if (!this.condition.connected) lost.reject(new Error("disconnected"));
    });
    const closed = () => lost.reject(new Error("closed"));
    this.#closing.signal.addEventListener("abort", closed, { once: true });
    try {
      return await Promise.race([work, lost.promise]);
    } finally {
      stop();
      this.#closing.signal.removeEventListener("abort", closed);
    }
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

  /** Takes the first candle of the queue, which JetStream has. */
  async #take(entry: Entry, { sequence, duplicate }: Kept): Promise<void> {
    const stored = duplicate ? await storedAt(this.manager, sequence) : null;
    this.#queue.shift();
    if (stored !== null && !sameBytes(stored, entry.bytes)) {
      this.options.onConflict(entry.candle, stored);
    } else {
      this.options.onAck?.({ candle: entry.candle, sequence, duplicate });
    }
  }

  /**
   * Candles sent so long ago that JetStream may have forgotten their ids would be kept twice. So it is asked
   * for the newest message of their subject: if that is one of them, this one and those before it are kept.
   */
  async #skipForgotten(): Promise<void> {
    for (;;) {
      const [first] = this.#queue;
      const oldMs = performance.now() - (this.options.forgottenAfterMs ?? FORGOTTEN_AFTER_MS);
      if (first === undefined || first.sentAtMs === null || first.sentAtMs > oldMs) return;
      const newest = await newestOf(this.manager, first.key);
      const isKept = this.#queue.slice(0, MAX_WINDOW).some(({ sentAtMs, messageId }) =>
        sentAtMs !== null && messageId === newest?.messageId
      );
      if (newest === null || !isKept) {
        // Not there: it is sent as if for the first time.
        first.sentAtMs = performance.now();
        return;
      }
      const { sequence, messageId } = newest;
      await this.#take(first, { sequence, duplicate: first.messageId === messageId });
    }
  }
}
