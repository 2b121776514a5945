import type { CandleMessage, ClosedMessage } from "../candles/candle_message.ts";
import { busBackOff } from "./bus_back_off.ts";
import type { Fanout } from "./fanout.ts";
import { HeldMessages } from "./held_messages.ts";
import type { HubOptions } from "./hub_options.ts";

const PAGE = 256;
/** Answers that end before a delivered candle, until that counts as lost: about ten seconds. */
const SHORT_ANSWERS = 8;

/**
 * Passes the bus' messages on in the order of their sequences. After a jump it fetches what is missing, and holds
 * messages until then. Owned by the hub, which stops it by the signal.
 */
export class Sequencer {
  /** Messages that came a second time. */
  duplicates = 0;
  /** Jumps noticed, and closed candles fetched because of them. */
  gaps = 0;
  fetched = 0;
  #isStarted = false;
  #last = 0;
  #holds = true;
  #target = 0;
  #filling: Promise<void> = Promise.resolve();
  readonly #held = new HeldMessages();
  /** Whether the bus may have candles that were missed. */
  #isBehind = false;
  #catchingUp: Promise<void> | null = null;

  constructor(
    private readonly options: Pick<HubOptions, "source" | "onProblem" | "clock">,
    private readonly fanout: Pick<Fanout, "take" | "lost" | "newerLive">,
    private readonly signal: AbortSignal,
  ) {}

  /** Starts passing messages on after a sequence; what came before this call was held. */
  start(last: number): void {
    this.#isStarted = true;
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
    this.fanout.take(batch, last);
  }

  /** Ensures that everything up to an existing sequence is passed on. */
  async reach(sequence: number): Promise<void> {
    while (this.#last < sequence && !this.signal.aborted) {
      if (this.#holds) this.#target = Math.max(this.#target, sequence);
      else this.#fill(sequence);
      await this.#filling;
    }
  }

  /**
   * Call it when the bus has reconnected: fetches missed closed candles and delivers live values that are newer than
   * the known ones, even if no message follows. Rejects if the bus does not answer.
   */
  async resync(): Promise<void> {
    if (!this.#isStarted) return;
    const { source } = this.options;
    const { last } = await source.bounds();
    if (last < this.#last) await this.#restart(last);
    else await this.reach(last);
    this.deliver(this.fanout.newerLive(await source.current()));
  }

  /** `resync`, until the bus has answered; a call during one makes it run once more. Never rejects. */
  catchUp(): Promise<void> {
    this.#isBehind = true;
    return this.#catchingUp ??= this.#catchUp().finally(() => this.#catchingUp = null);
  }

  async #catchUp(): Promise<void> {
    const backOff = busBackOff(this.options.clock);
    while (this.#isBehind && !this.signal.aborted) {
      this.#isBehind = false;
      try {
        await this.resync();
      } catch (error) {
        this.#isBehind = true;
        this.options.onProblem?.("the hub could not resync and retries", error);
        await backOff.wait(this.signal);
      }
    }
  }

  /** The stream was replaced by one with lower sequences: continues from there. */
  async #restart(last: number): Promise<void> {
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
        if (ready.length > 0) this.fanout.take(ready, this.#last);
        this.#fill(sequence - 1);
        return this.#hold(batch.slice(place));
      }
      if (sequence !== null) this.#last = sequence;
      ready.push(message);
    }
    if (ready.length > 0) this.fanout.take(ready, this.#last);
  }

  #hold(batch: readonly CandleMessage[]): void {
    this.#target = Math.max(this.#target, this.#held.add(batch));
  }

  /** Passes on what was held, closed candles first; the hub drops live values that they supersede. */
  #release(): void {
    this.#holds = false;
    const { closed, live } = this.#held.take();
    if (this.#target > this.#last) this.#fill(this.#target);
    if (closed.length > 0) this.deliver(closed);
    if (live.length > 0) this.deliver(live);
  }

  #fill(target: number): void {
    this.#holds = true;
    this.#target = target;
    this.gaps++;
    this.#filling = this.#fetchAll();
  }

  async #fetchAll(): Promise<void> {
    let short = 0;
    const backOff = busBackOff(this.options.clock);
    while (this.#last < this.#target && !this.signal.aborted) {
      const before = this.#last;
      try {
        await this.#fetch();
      } catch (error) {
        this.options.onProblem?.("missed closed candles could not be fetched", error);
        if (this.#last > before) {
          short = 0;
          backOff.reset();
        }
        // Candles count as lost only if the bus answers without them, not if it does not answer.
        if (error instanceof HistoryBehindError && ++short >= SHORT_ANSWERS) {
          await this.#lose(this.#target);
        } else await backOff.wait(this.signal);
      }
    }
    if (!this.signal.aborted) this.#release();
  }

  async #fetch(): Promise<void> {
    // The target may rise during the call; what its history covers does not.
    const target = this.#target;
    const bounds = await this.options.source.bounds();
    if (bounds.first > this.#last + 1) await this.#lose(Math.min(bounds.first - 1, target));
    if (bounds.last < target) throw new HistoryBehindError(bounds.last, target);
    let page: ClosedMessage[] = [];
    for await (const message of this.options.source.history(this.#last, null, this.signal)) {
      if (message.sequence > target || this.signal.aborted) break;
      if (message.sequence <= this.#newest(page)) continue;
      page.push(message);
      if (page.length < PAGE) continue;
      this.#takePage(page);
      page = [];
    }
    this.#takePage(page);
    if (this.signal.aborted) return;
    // A sequence that the whole history lacks was deleted.
    this.#last = Math.max(this.#last, target);
    this.fanout.take([], this.#last);
  }

  #newest(page: readonly ClosedMessage[]): number {
    return page.at(-1)?.sequence ?? this.#last;
  }

  #takePage(page: readonly ClosedMessage[]): void {
    if (page.length === 0) return;
    this.fetched += page.length;
    this.#last = this.#newest(page);
    this.fanout.take(page, this.#last);
  }

  async #lose(upTo: number): Promise<void> {
    const isCurrent = await this.fanout.lost(this.#last, upTo);
    this.#last = upTo;
    if (!isCurrent) void this.catchUp();
  }
}

/** The history ends before a closed candle that the bus has delivered. */
class HistoryBehindError extends Error {
  override readonly name = "HistoryBehindError";

  constructor(last: number, target: number) {
    super(`the history ends at ${last}, but ${target} was delivered`);
  }
}
