import type { Bus } from "../bus/bus.ts";
import type { Candle } from "../candles/candle.ts";
import type { ProductId } from "../candles/product.ts";
import { decodeCandle } from "../candles/wire.ts";
import type { Logger } from "../log.ts";
import type { Known } from "../repair/restore.ts";
import type { Store } from "../store/store.ts";
import { type Clock, systemClock } from "../time/clock.ts";
import { pause } from "../time/pause.ts";
import { type DoubtfulStore, Doubts } from "./doubts.ts";
import { provenStarts } from "./proven_starts.ts";
import type { StoreProgress } from "./store_progress.ts";
import { untilDone } from "./until_done.ts";

/** What the database knows of the past. */
export type StoredPast = Pick<Known, "provenFrom" | "doubts">;

/** The sources of what earlier runs left. */
export interface EarlierRunsParts {
  readonly bus: Pick<Bus, "readCurrent" | "closedAfter" | "closedByTime" | "storeFloor">;
  readonly store: DoubtfulStore & Pick<Store, "ready" | "renewals" | "state"> & {
    readonly candles: Pick<Store["candles"], "held">;
    readonly mark: Pick<Store["mark"], "read">;
    readonly products: Pick<Store["products"], "all">;
  };
  readonly progress: Pick<StoreProgress, "isCaughtUp" | "isReady">;
  readonly log: Logger;
  readonly signal: AbortSignal;
  readonly clock?: Clock;
}

/** Without a database this much of the stream is read: the live hours and what closed recently. */
const TAIL_MS = 3 * 3_600_000;
/** The most of the stream that a start reads: beyond this it waits for the database instead. */
const MOST_TAIL = 100_000;
/** How long a start waits for the storing process to record what the database has. */
const MARK_TIMEOUT_MS = 8_000;
const MARK_LOOK_MS = 250;
const STALE_LOOK_MS = 2_000;
const DECODER = new TextDecoder();

/** What earlier runs left on the bus and in the database, read before the feed connects, and whether that still holds. */
export class EarlierRuns {
  readonly #parts: EarlierRunsParts;
  readonly #clock: Clock;
  readonly #doubts: Doubts;
  #isPastRead = false;
  #isStale = false;

  constructor(parts: EarlierRunsParts) {
    this.#parts = parts;
    this.#clock = parts.clock ?? systemClock;
    this.#doubts = new Doubts(parts.store, this.#clock);
  }

  /** Whether the past was read from the database. */
  get isPastRead(): boolean {
    return this.#isPastRead;
  }

  /** Reads it all. If the database is down, `onLearned` is called with its past once it is back. */
  async read(
    productIds: readonly ProductId[],
    onLearned: (past: StoredPast) => void,
  ): Promise<Known> {
    const { bus, store } = this.#parts;
    const current = await bus.readCurrent(this.#parts.signal);
    // The position is read before the database, so that what is stored in between is read from both
    // and nothing is missed.
    const held = await this.#parts.progress.isReady() ? await this.#heldSequence() : null;
    if (held === null) this.#parts.log.warn("the database is down: resuming from the bus alone");
    if (held === "far behind") {
      this.#isStale = true;
      this.#parts.log.warn(
        "the database is far behind the stream: resuming from the bus until it is not",
      );
    }
    const known = typeof held === "number" ? held : null;
    const stored = known === null ? [] : await store.candles.held(productIds);
    const past = known === null
      ? { provenFrom: new Map(), doubts: [] }
      : await this.#readPast(productIds);
    this.#isPastRead = known !== null;
    if (held === null) void this.learnLater(productIds, onLearned);
    const tail = known === null
      ? bus.closedByTime(this.#clock.wallMs() - TAIL_MS, { signal: this.#parts.signal })
      : bus.closedAfter(known, { signal: this.#parts.signal });
    return { current, stored, isStoredRead: known !== null, tail: decoded(tail), ...past };
  }

  /** Reads the past as soon as possible, of a database that is down or of products that are newly followed. */
  async learnLater(
    productIds: readonly ProductId[],
    onLearned: (past: StoredPast) => void,
  ): Promise<void> {
    await untilDone("Reading what earlier runs left in the database", async () => {
      await this.#parts.store.ready();
      onLearned(await this.#readPast(productIds));
      this.#isPastRead = true;
    }, { log: this.#parts.log, signal: this.#parts.signal, clock: this.#clock });
  }

  async #readPast(productIds: readonly ProductId[]): Promise<StoredPast> {
    const provenFrom = provenStarts(await this.#parts.store.products.all(), productIds);
    return { provenFrom, doubts: await this.#doubts.read(productIds) };
  }

  /**
   * The sequence up to which the database has the stream's candles, at least. A database that went back in time has
   * less than what was acknowledged.
   */
  async #heldSequence(): Promise<number | "far behind"> {
    const { bus, store } = this.#parts;
    const endMs = this.#clock.now() + MARK_TIMEOUT_MS;
    for (;;) {
      const { stream, first, last, ackFloor } = await bus.storeFloor();
      const { sequence } = await store.mark.read(stream);
      // The storing process is about to record what the database has.
      if (sequence === null && this.#clock.now() < endMs && !this.#parts.signal.aborted) {
        await pause(MARK_LOOK_MS, this.#parts.signal, this.#clock);
        continue;
      }
      const held = Math.max(Math.min(sequence ?? ackFloor, ackFloor), first - 1);
      return last - held > MOST_TAIL ? "far behind" : held;
    }
  }

  /**
   * Resolves when what was read at the start is out of date, and the database has everything that was published: it was
   * created again or restored, or has caught up with a stream that it was far behind.
   */
  async whenStale(isRestored: () => boolean, until: AbortSignal): Promise<void> {
    const { store } = this.#parts;
    const signal = AbortSignal.any([until, this.#parts.signal]);
    const { renewals } = store;
    let doubt: number | null = null;
    while (!signal.aborted) {
      await pause(STALE_LOOK_MS, signal, this.#clock);
      if (store.state().state !== "up" || !isRestored()) continue;
      try {
        const newest = (await store.mark.doubts()).at(-1)?.id ?? 0;
        doubt ??= this.#doubts.newest ?? newest;
        if (!this.#isStale && store.renewals === renewals && newest === doubt) continue;
        if (await this.#parts.progress.isCaughtUp(signal)) return;
      } catch {
        // The database is down: checked again later.
      }
    }
  }
}

async function* decoded(messages: AsyncIterable<{ bytes: Uint8Array }>): AsyncGenerator<Candle> {
  for await (const { bytes } of messages) {
    const candle = decodeCandle(DECODER.decode(bytes));
    if (candle !== null) yield candle;
  }
}
