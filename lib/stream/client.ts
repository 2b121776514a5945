import type { CandleEvent } from "./candle_event.ts";
import type { Clients } from "./clients.ts";
import { cutOff } from "./cut_off.ts";
import type { Group } from "./group.ts";
import { Lag } from "./lag.ts";
import type { Opening } from "./opening.ts";
import type { SharedGzip } from "./shared_gzip.ts";

/** Queued bytes beyond which a client lags; the network stack's own buffers are not counted. */
const QUEUE_BYTES = 65_536;
const STRATEGY: QueuingStrategy<Uint8Array<ArrayBuffer>> = {
  highWaterMark: QUEUE_BYTES,
  size: (chunk) => chunk.byteLength,
};

/**
 * One open stream. Owned by the hub. It ends by `drop`, before which `end` may write a last block, or when its reader
 * leaves; after that it holds nothing.
 */
export class Client {
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>>;
  /** Its index in its group's list of members; -1 while it is not a member. */
  place = -1;
  /** The hub's ticks at which something was last written to it, and at which it last took something. */
  wroteAt = 0;
  tookAt = 0;
  #expectedRoom = QUEUE_BYTES;
  #controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>> | null = null;
  /** Receives the last block after the client has ended. */
  #ending: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>> | null = null;
  #hasBegun = false;
  #lag: Lag | null = null;
  /** The rest of its opening: while there is some, the client lags. */
  #opening: Opening | null = null;
  #wake: (() => void) | null = null;
  #onRoom: (() => void) | null = null;

  constructor(
    readonly owner: Pick<Clients, "position" | "left" | "sent">,
    readonly group: Group,
    readonly address: string,
    /** Whether it gets current candles that have closed after a resume, too. */
    readonly takesSnapshot = false,
    /** Compresses its stream; null for an uncompressed one. */
    readonly gzip: SharedGzip | null = null,
  ) {
    this.body = new ReadableStream<Uint8Array<ArrayBuffer>>({
      start: (controller) => {
        this.#controller = controller;
      },
      pull: () => this.#pull(),
      cancel: () => this.#cancelled(),
    }, STRATEGY);
  }

  get isOpen(): boolean {
    return this.#controller !== null;
  }

  /** Whether it takes part in its group's order already. */
  get isMember(): boolean {
    return this.place >= 0;
  }

  get lags(): boolean {
    return this.#lag !== null;
  }

  /** Closed candles that wait for it. */
  get waitingClosed(): number {
    return this.#lag?.closedCount ?? 0;
  }

  /**
   * Writes immediately, whatever waits; never call it with an empty chunk, which would end the
   * body. If the reader has left, the client has ended, and its owner was notified, when this
   * returns. Returns the bytes written.
   */
  write(chunk: Uint8Array<ArrayBuffer>): number {
    const controller = this.#controller;
    if (controller === null) return 0;
    const sent = this.#encoded(chunk);
    controller.enqueue(sent);
    if (!this.isOpen) return sent.length;
    this.#expectedRoom -= sent.length;
    if ((controller.desiredSize ?? 0) <= 0 && this.#lag === null) {
      this.#lag = new Lag();
      this.#wake?.();
    }
    return sent.length;
  }

  /** Writes the first part of its opening, and the rest as the client takes it. Returns the bytes written. */
  begin(opening: Opening): number {
    const first = opening.take(QUEUE_BYTES);
    if (first === null || !this.isOpen) return 0;
    this.#opening = opening.isOver ? null : opening;
    const bytes = this.write(first);
    if (this.#opening !== null && this.#lag === null) {
      this.#lag = new Lag();
      this.#wake?.();
    }
    return bytes;
  }

  /**
   * Queues events for a client that lags. Returns how many live values were replaced by newer ones.
   */
  queue(events: readonly CandleEvent[]): number {
    let coalesced = 0;
    for (const event of events) if (this.#lag?.add(event)) coalesced++;
    return coalesced;
  }

  /** Forgets what waits, since a reset with a snapshot replaces it. */
  forget(): void {
    this.#opening = null;
    if (this.#lag !== null) this.#lag = new Lag();
  }

  /** Resolves when the client has room again, or has ended. */
  hasRoom(): Promise<void> {
    if (this.#lag === null) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onRoom = resolve;
    });
  }

  /**
   * Whether it took anything since the last check, or has nothing to take. This covers a body that is never read, for
   * which neither `cancel` nor `pull` is called.
   */
  tookAnything(): boolean {
    const room = this.#controller?.desiredSize ?? QUEUE_BYTES;
    const took = room === QUEUE_BYTES || room !== this.#expectedRoom;
    this.#expectedRoom = room;
    return took;
  }

  /** Lets the queue drain, then writes `last`. The caller cuts the stream off once that `isTaken`. */
  end(last: Uint8Array<ArrayBuffer>): void {
    this.write(last);
    this.#ending = this.#controller;
    this.#release();
  }

  /** Whether an ended stream has nothing left to be read. */
  get isTaken(): boolean {
    return this.#ending === null || this.#ending.desiredSize === QUEUE_BYTES;
  }

  /** Cuts the stream off and frees its queue immediately. The reader resumes by its last id. */
  drop(reason: string): void {
    const controller = this.#controller ?? this.#ending;
    this.#release();
    this.#ending = null;
    // If the client does not read, `Deno.serve` keeps the socket until the peer leaves; `cancel` is not called after
    // this.
    if (controller !== null) cutOff(controller, reason);
  }

  /**
   * Called when there is room. A promise that stays pending keeps the stream from calling again for every
   * chunk, so a healthy client costs nothing here; starting to lag settles it.
   */
  #pull(): Promise<void> | void {
    this.#onRoom?.();
    this.#onRoom = null;
    const next = this.#takeOpening() ?? this.#lag?.take(QUEUE_BYTES, this.owner.position) ?? null;
    if (next !== null) {
      const sent = this.#encoded(next.chunk);
      this.owner.sent(next.frames, sent.length);
      this.#expectedRoom -= sent.length;
      this.#controller?.enqueue(sent);
      return;
    }
    this.#lag = null;
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  /** Frames of the opening do not count as updates. */
  #takeOpening(): { chunk: Uint8Array<ArrayBuffer>; frames: number } | null {
    const chunk = this.#opening?.take(QUEUE_BYTES) ?? null;
    if (this.#opening?.isOver) this.#opening = null;
    return chunk === null ? null : { chunk, frames: 0 };
  }

  #encoded(chunk: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    if (this.gzip === null) return chunk;
    const isFirst = !this.#hasBegun;
    this.#hasBegun = true;
    return this.gzip.encode(chunk, isFirst);
  }

  #cancelled(): void {
    const wasOpen = this.isOpen;
    this.#release();
    this.#ending = null;
    if (wasOpen) this.owner.left(this);
  }

  #release(): void {
    this.#controller = null;
    this.#lag = null;
    this.#opening = null;
    this.#wake?.();
    this.#wake = null;
    this.#onRoom?.();
    this.#onRoom = null;
  }
}
