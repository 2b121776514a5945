import type { CandleKey } from "../candles/candle.ts";
import type { CandleMessage, ClosedMessage } from "../candles/candle_message.ts";
import type { Clock } from "../time/clock.ts";
import { busBackOff } from "./bus_back_off.ts";

/** What CLOSED_CANDLES keeps: its oldest and newest sequence (`last = first - 1` while empty). */
export interface ClosedBounds {
  readonly first: number;
  readonly last: number;
}

/** Where closed candles that did not come by themselves are had from. */
export interface ClosedSource {
  /** Closed candles after a sequence in order, up to the newest at the time of the call. */
  history(
    afterSequence: number,
    keys: readonly CandleKey[] | null,
    signal: AbortSignal,
  ): AsyncIterable<ClosedMessage>;
  bounds(): Promise<ClosedBounds>;
}

/** What the sequencer hands on. */
export interface SequencedSink {
  /** Messages in order, none missing between two calls; afterwards everything up to `upTo` is known. */
  take(messages: readonly CandleMessage[], upTo: number): void;
  /** The closed candles after `last` and up to `upTo` cannot be had any more. */
  lost(last: number, upTo: number): Promise<void>;
  problem(what: string, cause: unknown): void;
}

const HELD_CLOSED = 20_000;
const PAGE = 256;
/** Answers that end before what the bus has said exists, until that counts as lost: about ten seconds. */
const SHORT_ANSWERS = 8;

/**
 * Puts the bus' messages into the order of their sequences. A jump makes it fetch what is missing; until
 * then closed candles wait (at most `HELD_CLOSED`, beyond which they are fetched too) and live values
 * wait coalesced per key. Owned by the hub, which stops it through the signal.
 */
export class Sequencer {
  /** Messages that came a second time. */
  duplicates = 0;
  /** Jumps noticed, and closed candles fetched because of them. */
  gaps = 0;
  fetched = 0;
  #last = 0;
  #holds = true;
  #target = 0;
  #filling: Promise<void> = Promise.resolve();
  #heldClosed: ClosedMessage[] = [];
  #heldLive = new Map<CandleKey, CandleMessage>();

  constructor(
    readonly source: ClosedSource,
    readonly sink: SequencedSink,
    readonly signal: AbortSignal,
    readonly clock?: Clock,
  ) {}

  /** The sequence up to which everything was handed on. */
  get last(): number {
    return this.#last;
  }

  /** Begins handing on after a sequence; what came before this call was held. */
  start(last: number): void {
    this.#last = last;
    this.#target = Math.max(this.#target, last);
    this.#release();
  }

  /** Takes the messages of one bus read. */
  deliver(batch: readonly CandleMessage[]): void {
    if (this.#holds) return this.#hold(batch);
    let last = this.#last;
    for (const { sequence } of batch) {
      if (sequence === null) continue;
      if (sequence !== last + 1) return this.#deliverBroken(batch);
      last = sequence;
    }
    this.#last = last;
    this.sink.take(batch, last);
  }

  /** Makes sure that everything up to a sequence that is known to exist is handed on. */
  async reach(sequence: number): Promise<void> {
    while (this.#last < sequence && !this.signal.aborted) {
      if (this.#holds) this.#target = Math.max(this.#target, sequence);
      else this.#fill(sequence);
      await this.#filling;
    }
  }

  /** The stream was replaced by one with lower sequences: goes on from there. */
  async restart(last: number): Promise<void> {
    if (this.#holds) return;
    this.#holds = true;
    this.#filling = this.#lose(last);
    await this.#filling;
    this.#target = last;
    this.#release();
  }

  #deliverBroken(batch: readonly CandleMessage[]): void {
    const ready: CandleMessage[] = [];
    for (const [place, message] of batch.entries()) {
      const { sequence } = message;
      if (sequence !== null && sequence <= this.#last) {
        this.duplicates++;
        continue;
      }
      if (sequence !== null && sequence > this.#last + 1) {
        if (ready.length > 0) this.sink.take(ready, this.#last);
        this.#fill(sequence - 1);
        return this.#hold(batch.slice(place));
      }
      if (sequence !== null) this.#last = sequence;
      ready.push(message);
    }
    if (ready.length > 0) this.sink.take(ready, this.#last);
  }

  #hold(batch: readonly CandleMessage[]): void {
    for (const message of batch) {
      const { key, bytes, sequence } = message;
      if (sequence === null) {
        this.#heldLive.set(key, message);
        continue;
      }
      this.#heldClosed.push({ key, bytes, sequence });
      if (this.#heldClosed.length < HELD_CLOSED) continue;
      this.#heldClosed = [];
      this.#target = Math.max(this.#target, sequence);
    }
  }

  /** Hands on what was held, closed candles first: a live value they overtake is dropped by the hub. */
  #release(): void {
    this.#holds = false;
    const closed = this.#heldClosed;
    const live = this.#heldLive;
    this.#heldClosed = [];
    this.#heldLive = new Map();
    if (this.#target > this.#last) this.#fill(this.#target);
    if (closed.length > 0) this.deliver(closed);
    if (live.size > 0) this.deliver([...live.values()]);
  }

  #fill(target: number): void {
    this.#holds = true;
    this.#target = target;
    this.gaps++;
    this.#filling = this.#fetchAll();
  }

  async #fetchAll(): Promise<void> {
    let short = 0;
    const backOff = busBackOff(this.clock);
    while (this.#last < this.#target && !this.signal.aborted) {
      const before = this.#last;
      try {
        await this.#fetch();
      } catch (error) {
        this.sink.problem("missed closed candles could not be fetched", error);
        if (this.#last > before) {
          short = 0;
          backOff.reset();
        }
        // A bus that does not answer loses nothing; only one that answers without them does.
        if (error instanceof HistoryBehindError && ++short >= SHORT_ANSWERS) {
          await this.#lose(this.#target);
        } else await backOff.wait(this.signal);
      }
    }
    if (!this.signal.aborted) this.#release();
  }

  async #fetch(): Promise<void> {
    // The target may rise meanwhile; what this call's history covers does not.
    const target = this.#target;
    const bounds = await this.source.bounds();
    if (bounds.first > this.#last + 1) await this.#lose(Math.min(bounds.first - 1, target));
    if (bounds.last < target) throw new HistoryBehindError(bounds.last, target);
    let page: ClosedMessage[] = [];
    for await (const message of this.source.history(this.#last, null, this.signal)) {
      if (message.sequence > target || this.signal.aborted) break;
      if (message.sequence <= this.#newest(page)) continue;
      page.push(message);
      if (page.length < PAGE) continue;
      this.#takePage(page);
      page = [];
    }
    this.#takePage(page);
    if (this.signal.aborted) return;
    // A sequence that the whole history does not have was deleted; there is nothing to be had.
    this.#last = Math.max(this.#last, target);
    this.sink.take([], this.#last);
  }

  #newest(page: readonly ClosedMessage[]): number {
    return page.at(-1)?.sequence ?? this.#last;
  }

  #takePage(page: readonly ClosedMessage[]): void {
    if (page.length === 0) return;
    this.fetched += page.length;
    this.#last = this.#newest(page);
    this.sink.take(page, this.#last);
  }

  async #lose(upTo: number): Promise<void> {
    await this.sink.lost(this.#last, upTo);
    this.#last = upTo;
  }
}

/** The history ends before a closed candle that the bus has delivered. */
class HistoryBehindError extends Error {
  override readonly name = "HistoryBehindError";

  constructor(last: number, target: number) {
    super(`the history ends at ${last}, but ${target} was delivered`);
  }
}
