import { decodeCandle } from "../candles/wire.ts";
import { BackOff } from "../time/back_off.ts";
import type { Clock } from "../time/clock.ts";
import { Fifo } from "../time/fifo.ts";
import type { PostOutcome } from "./post.ts";
import { ReceiverGate } from "./receiver_gate.ts";
import { wants, type Webhook } from "./webhook.ts";

/** A closed candle's message that is to be posted. */
export interface Letter {
  /** Its sequence in the stream. */
  readonly sequence: number;
  /** Letters of one key are posted in their order. */
  readonly key: string;
  readonly bytes: Uint8Array;
  /** When the stream took it, epoch milliseconds. */
  readonly publishedMs: number;
}

/** The source of letters: the durable consumer. */
export interface LetterSource {
  /** Each letter once, in the stream's order, until it ends or `signal` is aborted. */
  letters(signal: AbortSignal): AsyncIterable<Letter>;
  /** Marks a letter as done, so that it is not delivered again. */
  done(sequence: number): void;
}

export interface SenderParts {
  readonly webhook: Webhook;
  readonly post: (
    id: string,
    body: Uint8Array<ArrayBuffer>,
    signal: AbortSignal,
  ) => Promise<PostOutcome>;
  /** Keeps a letter that the receiver did not accept for a day. Rejects while it cannot. */
  readonly setAside: (letter: Letter, reason: string) => Promise<void>;
  readonly clock: Clock;
  readonly log: {
    warn(message: string, properties?: Record<string, unknown>): void;
    info(message: string, properties?: Record<string, unknown>): void;
  };
}

/** A webhook's state; counts since the start. */
export interface SenderState {
  readonly delivered: number;
  readonly failed: number;
  readonly setAside: number;
  /** Why the last request failed; null if it did not. */
  readonly failure: string | null;
}

/** A letter that is older than this when it fails is set aside. */
export const TIMEOUT_MS = 24 * 3_600_000;
const RETRY_MIN_MS = 1_000;
const RETRY_MAX_MS = 5 * 60_000;

/**
 * Posts the letters of one webhook: in order for each key, keys concurrently, each until the receiver has accepted it.
 * The source bounds how many are held.
 */
export class Sender {
  readonly #parts: SenderParts;
  readonly #gate: ReceiverGate;
  readonly #lanes = new Map<string, Fifo<Letter>>();
  readonly #running = new Set<Promise<void>>();
  #delivered = 0;
  #failed = 0;
  #setAside = 0;
  #failure: string | null = null;

  constructor(parts: SenderParts) {
    this.#parts = parts;
    this.#gate = new ReceiverGate(parts.clock);
  }

  get state(): SenderState {
    return {
      delivered: this.#delivered,
      failed: this.#failed,
      setAside: this.#setAside,
      failure: this.#failure,
    };
  }

  /** Posts until the source ends or `signal` is aborted; no request is pending when it resolves. */
  async run(source: LetterSource, signal: AbortSignal): Promise<void> {
    const ended = new AbortController();
    const over = AbortSignal.any([signal, ended.signal]);
    try {
      for await (const letter of source.letters(signal)) this.#take(letter, source, over);
    } finally {
      ended.abort();
      await Promise.all(this.#running);
      this.#lanes.clear();
    }
  }

  #take(letter: Letter, source: LetterSource, signal: AbortSignal): void {
    const { webhook } = this.#parts;
    const candle = decodeCandle(new TextDecoder().decode(letter.bytes));
    if (candle === null || !candle.isComplete || !wants(webhook, candle)) {
      return source.done(letter.sequence);
    }
    const lane = this.#lanes.get(letter.key);
    if (lane !== undefined) return lane.add(letter);
    const running = this.#work(letter, source, signal);
    this.#running.add(running);
    void running.finally(() => this.#running.delete(running));
  }

  /** Posts a letter and those of its key that come during that, one after the other. */
  async #work(first: Letter, source: LetterSource, signal: AbortSignal): Promise<void> {
    const { key } = first;
    const lane = new Fifo<Letter>();
    lane.add(first);
    this.#lanes.set(key, lane);
    const backOff = new BackOff(RETRY_MIN_MS, RETRY_MAX_MS, this.#parts.clock);
    for (let { first: letter } = lane; letter !== null && !signal.aborted; letter = lane.first) {
      if (await this.#finish(letter, backOff, signal)) {
        source.done(letter.sequence);
        lane.take();
        backOff.reset();
      }
    }
    this.#lanes.delete(key);
  }

  /** Tries once; returns whether the letter is done. */
  async #finish(letter: Letter, backOff: BackOff, signal: AbortSignal): Promise<boolean> {
    const gate = this.#gate;
    // Without this, a receiver that is down would be sent every candle of a day before it is set
    // aside.
    if (gate.isDown && this.#isOld(letter)) return await this.#putAside(letter, signal);
    if (!await gate.enter(signal)) return false;
    const outcome = await this.#post(letter, signal);
    if (outcome === null) {
      await backOff.wait(signal);
      return false;
    }
    if (outcome.kind === "delivered") {
      this.#delivered++;
      if (this.#failure !== null) {
        this.#parts.log.info("webhook {name}: candles are accepted again", this.#name);
      }
      this.#failure = null;
      return true;
    }
    this.#failed++;
    if (this.#failure === null) {
      this.#parts.log.warn("webhook {name}: {reason}; retrying", {
        ...this.#name,
        reason: outcome.reason,
      });
    }
    this.#failure = outcome.reason;
    if (this.#isOld(letter)) return await this.#putAside(letter, signal);
    if (outcome.kind === "refused") await backOff.wait(signal);
    return false;
  }

  /** Null when it was cancelled. */
  async #post(letter: Letter, signal: AbortSignal): Promise<PostOutcome | null> {
    try {
      const outcome = await this.#parts.post(idOf(letter), bodyOf(letter), signal);
      this.#gate.leave(outcome.kind === "down" ? outcome : null);
      return outcome;
    } catch {
      // It rejects only when aborted.
      this.#gate.giveUp();
      return null;
    }
  }

  async #putAside(letter: Letter, signal: AbortSignal): Promise<boolean> {
    const backOff = new BackOff(RETRY_MIN_MS, RETRY_MAX_MS, this.#parts.clock);
    let isLogged = false;
    while (!signal.aborted) {
      try {
        await this.#parts.setAside(letter, this.#failure ?? "not accepted for a day");
        this.#setAside++;
        return true;
      } catch (error) {
        if (!isLogged) {
          const message = "webhook {name}: a candle cannot be set aside; retrying";
          this.#parts.log.warn(message, { ...this.#name, error });
        }
        isLogged = true;
        await backOff.wait(signal);
      }
    }
    return false;
  }

  #isOld({ publishedMs }: Letter): boolean {
    return this.#parts.clock.wallMs() - publishedMs > TIMEOUT_MS;
  }

  get #name() {
    return { name: this.#parts.webhook.name };
  }
}

/**
 * The same for every request about this message, so that a receiver recognises one that it has
 * already had.
 */
function idOf({ key, sequence }: Letter): string {
  return `${key}.${sequence}`;
}

/** The candle's bytes are passed on unchanged. */
function bodyOf({ sequence, bytes }: Letter): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(
    `{"type":"candle","sequence":${sequence},"candle":${new TextDecoder().decode(bytes)}}`,
  );
}
