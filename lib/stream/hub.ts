import type { CandleKey } from "../candles/candle.ts";
import type { ProductId } from "../candles/product.ts";
import { busBackOff } from "./bus_back_off.ts";
import { Admission, type StreamAdmission } from "./admission.ts";
import { CandleBook } from "./book.ts";
import type { CandleMessage, CandleReceiver } from "../candles/candle_message.ts";
import { type CandleEvent, dataOf } from "./candle_event.ts";
import type { CandleHeader } from "./candle_header.ts";
import type { Client } from "./client.ts";
import { Clients } from "./clients.ts";
import { Fanout } from "./fanout.ts";
import type { HubOptions, HubStats, StreamAnswer, StreamRequest } from "./hub_options.ts";
import { Replay } from "./replay.ts";
import { SharedGzip } from "./shared_gzip.ts";
import { Sequencer } from "./sequencer.ts";
import { StreamCounts, type StreamRefusal } from "./stream_counts.ts";

const RING_SIZE = 4_096;
/** Most keys named by all subscriptions together; `*` for all products costs none. */
const MAX_NAMED_KEYS = 1_000_000;
const RETRY_AFTER_SECONDS = 10;

/** A closed candle in the hub's memory. */
export interface ClosedState extends CandleHeader {
  /** Its bytes, unchanged. */
  bytes(): Uint8Array;
}

/**
 * Fans candles out to SSE clients. It owns the current candle of each key, the last closed ones and all open streams;
 * it knows neither NATS nor HTTP. Its owner passes messages to `deliver`, then calls `start`, and finally `close`.
 */
export class Hub implements CandleReceiver {
  readonly #counts = new StreamCounts();
  readonly #stop = new AbortController();
  readonly #book: CandleBook;
  readonly #clients: Clients;
  readonly #admission: StreamAdmission;
  readonly #fanout: Fanout;
  readonly #sequencer: Sequencer;
  readonly #replay: Replay;
  readonly #gzip = new SharedGzip();
  #waiting: (() => void)[] = [];
  #ready = false;
  #closing: Promise<void> | null = null;

  constructor(readonly options: HubOptions) {
    this.#book = new CandleBook(options.ringSize ?? RING_SIZE, this.#counts);
    this.#admission = options.admission ?? new Admission({
      total: options.maxStreams,
      perAddress: options.maxStreamsPerAddress,
    });
    this.#clients = new Clients(this.#book, this.#counts, this.#admission, options);
    this.#fanout = new Fanout(options, this.#book, this.#clients, this.#counts);
    this.#sequencer = new Sequencer(options, this.#fanout, this.#stop.signal);
    this.#replay = new Replay(
      options,
      this.#book,
      this.#fanout,
      this.#sequencer,
      this.#stop.signal,
    );
  }

  /**
   * Reads the bus' position, retrying until it succeeds, and then releases what was delivered and
   * the clients that came before that. Call it once, after the bus subscription began, so that
   * nothing falls between the two.
   */
  async start(): Promise<void> {
    const backOff = busBackOff(this.options.clock);
    while (!this.#stop.signal.aborted) {
      try {
        const last = await this.#load();
        if (this.#stop.signal.aborted) return;
        this.#ready = true;
        this.#sequencer.start(last);
        break;
      } catch (error) {
        this.options.onProblem?.("the hub could not read the current candles", error);
        await backOff.wait(this.#stop.signal);
      }
    }
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const begin of waiting) begin();
  }

  /** Takes the messages of one bus read; a client gets them as one chunk. */
  deliver(batch: readonly CandleMessage[]): void {
    this.#sequencer.deliver(batch);
  }

  /** Fetches once what was missed while the bus was down; see `Sequencer`. Rejects if the bus cannot answer. */
  resync(): Promise<void> {
    return this.#sequencer.resync();
  }

  /** Call it when the bus has reconnected: `resync`, until the bus has answered. Never rejects. */
  catchUp(): Promise<void> {
    return this.#sequencer.catchUp();
  }

  /**
   * Opens a stream, or refuses it with a reason. The stream misses nothing that is delivered from
   * now on.
   */
  connect(request: StreamRequest): StreamAnswer {
    const refusal = this.#refusal(request);
    if (refusal !== null) return this.refuse(refusal);
    const group = this.#book.routing.acquire(request.subscription);
    const client = this.#clients.open(
      group,
      request.address,
      request.snapshot ?? false,
      request.gzip === true ? this.#gzip : null,
    );
    if (this.#ready) this.#beginInTurn(client, request.lastEventId);
    else this.#waiting.push(() => this.#beginInTurn(client, request.lastEventId));
    return { kind: "stream", body: client.body };
  }

  /** Refuses a stream, and counts the reason. */
  refuse(reason: StreamRefusal): StreamAnswer {
    this.#counts.refused[reason]++;
    return { kind: "refused", reason, retryAfterSeconds: RETRY_AFTER_SECONDS };
  }

  /** Products that streams name. */
  wanted(): readonly ProductId[] {
    return this.#book.routing.namedProducts();
  }

  /** Whether a stream names a product (`*` names none). */
  isWanted(productId: ProductId): boolean {
    return this.#book.routing.isNamed(productId);
  }

  /** A key's current candle, the same object until a newer one comes; null if there is none yet. */
  currentEvent(key: CandleKey): CandleEvent | null {
    return this.#book.routing.find(key)?.current ?? null;
  }

  /** The last closed candles of a key, in order of arrival, as far as memory reaches. */
  recentClosed(key: CandleKey): readonly ClosedState[] {
    const route = this.#book.routing.find(key);
    if (route === null) return [];
    return this.#book.ring.of(route).map((event) => ({
      start: event.start,
      isComplete: event.isComplete,
      exact: event.exact,
      revision: event.revision,
      bytes: () => dataOf(event),
    }));
  }

  /** All closed candles from sequence `first` to `last` are in memory; `first` is 1 until they begin to be. */
  get memory(): { readonly first: number; readonly last: number } {
    return { first: this.#book.ring.first, last: this.#book.sequence };
  }

  /** The sequence up to which every closed candle came, which is an id to resume from; null before the hub has begun. */
  get position(): number | null {
    return this.#ready ? this.#book.sequence : null;
  }

  /**
   * Ends every stream, with a different retry time for each client. Resolves when the last of them
   * is cut off, within a second; the listener must not be closed before that.
   */
  close(): Promise<void> {
    if (this.#closing !== null) return this.#closing;
    this.#stop.abort();
    this.#waiting = [];
    return this.#closing = this.#clients.endAll();
  }

  stats(): HubStats {
    let lagging = 0;
    let resuming = 0;
    let compressed = 0;
    for (const client of this.#clients) {
      if (client.lags) lagging++;
      if (client.gzip !== null) compressed++;
      if (!client.isMember) resuming++;
    }
    return {
      ...this.#counts,
      clients: this.#clients.size,
      lagging,
      resuming,
      compressed,
      groups: this.#book.routing.groupCount,
      gaps: this.#sequencer.gaps,
      fetched: this.#sequencer.fetched,
      duplicates: this.#sequencer.duplicates,
    };
  }

  async #load(): Promise<number> {
    const { source } = this.options;
    const { first, last } = await source.bounds();
    const after = Math.max(first - 1, last - this.#book.ring.capacity);
    this.#book.ring.restart(after + 1);
    this.#book.advance(after);
    for await (const message of source.history(after, null, this.#stop.signal)) {
      this.#book.accept(message);
    }
    this.#book.advance(Math.max(last, this.#book.sequence));
    for (const message of await source.current()) this.#book.refresh(message);
    return this.#book.sequence;
  }

  #refusal({ address, subscription }: StreamRequest): StreamRefusal | null {
    if (this.#stop.signal.aborted) return "closing";
    const { products, granularities } = subscription;
    const named = products === "*" ? 0 : products.length * granularities.length;
    if (this.#book.routing.namedCount + named > MAX_NAMED_KEYS) return "keys";
    return this.#admission.enter(address);
  }

  /**
   * Finding a client's opening takes a millisecond and more, and many clients may come together.
   */
  #beginInTurn(client: Client, lastEventId: string | null): void {
    const turn = this.options.turn?.();
    if (turn === undefined) this.#begin(client, lastEventId);
    else void turn.then(() => this.#begin(client, lastEventId));
  }

  #begin(client: Client, lastEventId: string | null): void {
    if (!client.isOpen) return;
    if (lastEventId === null) return this.#fanout.snapshot(client);
    this.#clients.write(client, this.#clients.greeting);
    const position = /^\d{1,15}$/.test(lastEventId) ? Number(lastEventId) : null;
    if (position === null) return this.#fanout.reset(client, lastEventId, "unparsable");
    const { sequence, ring } = this.#book;
    if (position > sequence || position < ring.first - 1) {
      this.#counts.resumedFromHistory++;
      void this.#replay.run(client, lastEventId, position);
      return;
    }
    this.#counts.resumedFromMemory++;
    this.#fanout.resume(client, position);
  }
}
