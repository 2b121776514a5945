import { type Clock, systemClock } from "../time/clock.ts";

/** How many bytes of answers may wait for clients to read them, and for how long. */
export interface UnreadLimits {
  readonly totalBytes: number;
  readonly bytesPerAddress: number;
  /** A client that has read nothing for this long is cut off. */
  readonly unreadMs: number;
}

const LIMITS: UnreadLimits = {
  totalBytes: 32 * 2 ** 20,
  bytesPerAddress: 8 * 2 ** 20,
  unreadMs: 30_000,
};

/**
 * The size of a piece handed to a socket. Watching a shorter body would cost more than the body.
 */
const PIECE_BYTES = 65_536;

/** An answer was ended because its client does not read it, which is not an error of the server. */
export class UnreadError extends Error {
  override readonly name = "UnreadError";

  constructor() {
    super("an answer was cut off: its client does not read");
  }
}

interface Held {
  readonly address: string;
  bytes: number;
  /** Cuts the client off. */
  readonly cut: () => void;
}

/**
 * Holds bodies that are longer than one piece. The HTTP server would silently buffer a whole body for as long as its
 * client does not read; here it is sent in pieces as the client reads. When too many bytes wait, the body that has
 * waited longest is cut off, and its client sees a lost connection. Needs no closing.
 */
export class UnreadBodies {
  /** Least recently read first. */
  readonly #held = new Set<Held>();
  readonly #perAddress = new Map<string, number>();
  #bytes = 0;
  #cut = 0;

  /** `turn` is awaited before more of an answer is made. */
  constructor(
    private readonly limits: UnreadLimits = LIMITS,
    private readonly clock: Clock = systemClock,
    private readonly turn: () => Promise<void> | void = () => {},
  ) {}

  /** Bodies cut off so far. */
  get cut(): number {
    return this.#cut;
  }

  /** Bytes that wait now. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The answer, with its body held here if it is long. */
  async hold(response: Response, address: string): Promise<Response> {
    const { body } = response;
    if (body === null) return response;
    const reader = body.getReader();
    const first = await reader.read();
    if (first.done) return new Response("", response);
    const second = await reader.read();
    if (!second.done) {
      const body = this.#pieces([first.value, second.value], address, reader);
      return new Response(body, response);
    }
    if (first.value.length <= PIECE_BYTES) return new Response(bytesOf(first.value), response);
    const whole = new Response(this.#pieces([first.value], address), response);
    if (!whole.headers.has("content-length")) {
      whole.headers.set("content-length", `${first.value.length}`);
    }
    return whole;
  }

  /** A body made of what was read from a source already, and of the rest of it. */
  #pieces(
    chunks: Uint8Array[],
    address: string,
    source?: ReadableStreamDefaultReader<Uint8Array>,
  ): ReadableStream<Uint8Array> {
    let controller: ReadableStreamDefaultController<Uint8Array>;
    let cancelTimer = () => {};
    const held: Held = {
      address,
      bytes: 0,
      cut: () => {
        this.#cut++;
        end();
        controller.error(new UnreadError());
        void source?.cancel().catch(() => {});
      },
    };
    const end = () => {
      cancelTimer();
      chunks.length = 0;
      this.#change(held, -held.bytes);
      this.#held.delete(held);
    };
    const close = () => {
      end();
      controller.close();
    };
    return new ReadableStream<Uint8Array>({
      start: (own) => {
        controller = own;
        this.#held.add(held);
        this.#change(held, chunks.reduce((sum, { length }) => sum + length, 0));
        this.#makeRoom(held);
        cancelTimer = this.clock.after(this.limits.unreadMs, held.cut);
      },
      pull: async () => {
        cancelTimer();
        this.#held.delete(held);
        this.#held.add(held);
        if (chunks.length === 0 && source !== undefined) {
          await this.turn();
          const { value, done } = await source.read().catch((error) => {
            end();
            throw error;
          });
          // It may have been cut off during that.
          if (!this.#held.has(held)) return;
          if (!done) chunks.push(value);
          this.#change(held, value?.length ?? 0);
          this.#makeRoom(held);
        }
        const [chunk] = chunks;
        if (chunk === undefined) return close();
        // A copy, so that the socket's piece does not keep the whole body.
        controller.enqueue(chunk.slice(0, PIECE_BYTES));
        this.#change(held, -Math.min(chunk.length, PIECE_BYTES));
        if (chunk.length > PIECE_BYTES) chunks[0] = chunk.subarray(PIECE_BYTES);
        else chunks.shift();
        if (chunks.length === 0 && source === undefined) return close();
        cancelTimer = this.clock.after(this.limits.unreadMs, held.cut);
      },
      cancel: async (reason) => {
        end();
        await source?.cancel(reason);
      },
    }, { highWaterMark: 0 });
  }

  #change(held: Held, by: number): void {
    held.bytes += by;
    this.#bytes += by;
    const own = (this.#perAddress.get(held.address) ?? 0) + by;
    if (own > 0) this.#perAddress.set(held.address, own);
    else this.#perAddress.delete(held.address);
  }

  /** Cuts off the body unread for longest, of one address or of all, until there is room. */
  #makeRoom(newest: Held): void {
    const { totalBytes, bytesPerAddress } = this.limits;
    for (const held of this.#held) {
      const ownExcess = (this.#perAddress.get(newest.address) ?? 0) > bytesPerAddress;
      if (!ownExcess && this.#bytes <= totalBytes) return;
      if (held === newest) continue;
      if (this.#bytes > totalBytes || held.address === newest.address) held.cut();
    }
  }
}

/** A body's bytes as a `Response` takes them. */
function bytesOf(chunk: Uint8Array): Uint8Array<ArrayBuffer> {
  return chunk.buffer instanceof ArrayBuffer
    ? new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length)
    : new Uint8Array(chunk);
}
