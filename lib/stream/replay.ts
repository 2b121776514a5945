import type { CandleKey } from "../candles/candle.ts";
import type { CandleBook } from "./book.ts";
import { busBackOff } from "./bus_back_off.ts";
import { readCandleHeader } from "./candle_header.ts";
import { type BlockFrame, ClosedBlocks } from "./closed_blocks.ts";
import type { Client } from "./client.ts";
import type { Fanout } from "./fanout.ts";
import type { Group } from "./group.ts";
import type { HubOptions } from "./hub_options.ts";
import type { Sequencer } from "./sequencer.ts";
import { Semaphore } from "../time/semaphore.ts";
import { candleFrame, concat, idLine, type ResetReason } from "./sse.ts";

/** Bounds the pages that clients have not taken yet, for one address and in all. */
export interface PageBudget {
  /** Runs `work` once that many pages may be read, however long that takes. */
  runAdmitted<T>(
    requester: { readonly address: string },
    pages: number,
    work: () => Promise<T>,
  ): Promise<T>;
}

/** Most resumes that read the history concurrently; others wait their turn. */
const READERS = 8;
/**
 * The size of a page: closed candles read, and bytes written, before the client must have taken
 * them.
 */
const PAGE_CANDLES = 2_000;
const PAGE_BYTES = 262_144;
/** Up to this many keys the server filters the history; for more keys this process does. */
const FILTERED_KEYS = 64;

const UNBOUNDED: PageBudget = { runAdmitted: (_requester, _pages, work) => work() };

export type ReplayOptions = Pick<HubOptions, "source" | "resumes" | "turn" | "onProblem" | "clock">;

type Step =
  | {
    readonly kind: "page";
    readonly position: number;
    readonly frames: readonly Uint8Array<ArrayBuffer>[];
  }
  | { readonly kind: "ahead"; readonly newest: number }
  | { readonly kind: "reset"; readonly reason: ResetReason };

/**
 * Sends clients whose id is older than the hub's memory what they missed up to there, a page at a time, so that slow
 * readers and many concurrent resumes cost only their pages.
 */
export class Replay {
  readonly #slots = new Semaphore(READERS);
  readonly #blocks: ClosedBlocks;
  readonly #pages: PageBudget;

  constructor(
    private readonly options: ReplayOptions,
    private readonly book: CandleBook,
    private readonly fanout: Pick<Fanout, "resume" | "reset">,
    private readonly sequencer: Pick<Sequencer, "reach">,
    private readonly signal: AbortSignal,
  ) {
    this.#blocks = new ClosedBlocks(options.source, signal);
    this.#pages = options.resumes ?? UNBOUNDED;
  }

  /** Continues from `position` until the client has joined, was reset or left. Never rejects. */
  async run(client: Client, lastEventId: string, position: number): Promise<void> {
    const backOff = busBackOff(this.options.clock);
    for (;;) {
      await this.options.turn?.();
      if (!client.isOpen || this.signal.aborted) return;
      if (position <= this.book.sequence && position >= this.book.ring.first - 1) {
        return this.fanout.resume(client, position);
      }
      try {
        // A page keeps its room until its client has taken it.
        const step = await this.#pages.runAdmitted(client, 1, async () => {
          const next = await this.#step(client, position);
          if (next.kind === "page") await this.#write(client, next.frames);
          return next;
        });
        if (step.kind === "reset") return this.fanout.reset(client, lastEventId, step.reason);
        if (step.kind === "ahead") await this.sequencer.reach(step.newest);
        else position = step.position;
        backOff.reset();
      } catch (error) {
        // A retry loses nothing, and the client can leave at any time.
        this.options.onProblem?.("a resume could not read the closed candles", error);
        await backOff.wait(this.signal);
      }
    }
  }

  async #write(client: Client, frames: readonly Uint8Array<ArrayBuffer>[]): Promise<void> {
    if (frames.length === 0 || !client.isOpen) return;
    const chunk = concat(frames);
    client.write(chunk);
    client.owner.sent(frames.length, chunk.length);
    await client.hasRoom();
  }

  async #step(client: Client, position: number): Promise<Step> {
    if (!client.isOpen) return { kind: "page", position, frames: [] };
    const keys = filterOf(client.group);
    const held = keys === null ? this.#blocks.held(position + 1) : null;
    if (held !== null) return await this.#pageOf(client.group, position, held);
    return await this.#slots.run(() => this.#read(client, position, keys));
  }

  async #read(client: Client, position: number, keys: Filter): Promise<Step> {
    const bounds = await this.options.source.bounds();
    if (position > bounds.last) return { kind: "reset", reason: "unknown" };
    if (position < bounds.first - 1) return { kind: "reset", reason: "expired" };
    if (position > this.book.sequence) return { kind: "ahead", newest: bounds.last };
    // What is newer than the hub's own position comes to the client through the hub.
    const upTo = Math.min(bounds.last, this.book.sequence);
    if (keys === null && this.#blocks.endOf(position + 1) <= upTo) {
      return await this.#pageOf(client.group, position, this.#blocks.read(position + 1));
    }
    return await this.#page(client.group, position, upTo, keys);
  }

  async #pageOf(
    group: Group,
    after: number,
    reading: Promise<readonly BlockFrame[]>,
  ): Promise<Step> {
    const block = await reading;
    // Dozens of clients may have waited for the same block: each page is encoded and written in its
    // own turn of the event loop.
    await this.options.turn?.();
    const frames = block.filter(({ sequence, key }) =>
      sequence > after && this.book.wants(group, key)
    );
    return {
      kind: "page",
      position: this.#blocks.endOf(after + 1),
      frames: frames.map(({ frame }) => frame),
    };
  }

  async #page(group: Group, after: number, upTo: number, keys: Filter): Promise<Step> {
    const frames: Uint8Array<ArrayBuffer>[] = [];
    let position = after;
    let candles = 0;
    let bytes = 0;
    for await (const message of this.options.source.history(after, keys, this.signal)) {
      if (message.sequence > upTo) break;
      if (message.sequence <= position) continue;
      position = message.sequence;
      if (this.book.wants(group, message.key) && readCandleHeader(message.bytes) !== null) {
        const frame = candleFrame(idLine(position), message.bytes);
        frames.push(frame);
        bytes += frame.length;
      }
      if (++candles >= PAGE_CANDLES || bytes >= PAGE_BYTES) {
        return { kind: "page", position, frames };
      }
    }
    if (this.signal.aborted) return { kind: "page", position, frames };
    return { kind: "page", position: upTo, frames };
  }
}

/** The keys by which the server filters the history; null: all of it. */
type Filter = readonly CandleKey[] | null;

function filterOf({ routes }: Group): Filter {
  return routes !== null && routes.length <= FILTERED_KEYS ? routes.map(({ key }) => key) : null;
}
