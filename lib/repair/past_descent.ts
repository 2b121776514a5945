import {
  bucketEnd,
  bucketStart,
  type EpochSeconds,
  GRANULARITY_SECONDS,
} from "../candles/granularity.ts";
import type { ProductId } from "../candles/product.ts";
import type { Trade } from "../candles/trade.ts";
import { MAX_TRADES } from "../exchange/trade_source.ts";
import { BackOff } from "../time/back_off.ts";
import { isJoined, type Stretch } from "./doubtful.ts";
import type { PastDoubts } from "./past_doubts.ts";
import { EARLY_MS, type PastParts } from "./past_parts.ts";
import type { PastWriter } from "./past_writer.ts";
import { StretchWalk } from "./stretch_walk.ts";
import type { ProvenMinutes } from "./trade_run.ts";

const DAY = GRANULARITY_SECONDS.ONE_DAY;
/** Below the charts' placeholders. */
const PRIORITY = -3;
/** Back-off for trades below the proven past that are not shown. */
const LONGEST_REST_MS = 86_400_000;
const REST_MS = [600_000, LONGEST_REST_MS] as const;
/** How long a page that was requested for something else is kept. */
const OFFER_MS = 90_000;
/** With at most this many missing trades a day counts as coming soon. */
const SOON_TRADES = 3 * MAX_TRADES;

/** The walk from where a product's proven past begins down to the horizon. It moves that beginning. */
export class PastDescent {
  readonly #rest = new BackOff(...REST_MS);
  #walk: StretchWalk | null = null;
  #dueMs: number;
  #isHidden = false;
  #offer: { readonly trades: readonly Trade[]; readonly untilMs: number } | null = null;
  #pages = 0;
  #seconds = 0;

  constructor(
    private readonly productId: ProductId,
    private readonly parts: PastParts,
    private readonly writer: PastWriter,
    private readonly doubts: Pick<PastDoubts, "isEmpty">,
  ) {
    this.#dueMs = parts.clock.now();
  }

  /** Whether the exchange showed no trades below the proven past at the last request, possibly before a restart. */
  get isHidden(): boolean {
    return this.#isHidden || this.#hiddenForMs > 0;
  }

  /** How many seconds of the past one page has proven, on average; null before the first one. */
  get secondsPerPage(): number | null {
    return this.#pages === 0 ? null : this.#seconds / this.#pages;
  }

  /** Seconds of the past that are not proven yet. */
  get secondsLeft(): number {
    const { proven } = this.parts.of(this.productId);
    return proven === null ? 0 : Math.max(0, proven.from - this.#lowest());
  }

  /**
   * Takes consecutive trades of another page, ascending: they may reach below the proven past, which saves a request.
   */
  offer(trades: readonly Trade[]): void {
    const { horizon, proven } = this.parts.of(this.productId);
    if (horizon === Infinity || (proven !== null && this.secondsLeft === 0)) return;
    const nowMs = this.parts.clock.now();
    this.#offer = { trades, untilMs: nowMs + OFFER_MS };
    this.#dueMs = Math.min(this.#dueMs, nowMs);
  }

  /** Drops an offered page that was not used for long. */
  forgetOffer(nowMs: number): void {
    if (this.#offer !== null && this.#offer.untilMs <= nowMs) this.#offer = null;
  }

  /** Whether the next page was offered already. */
  get hasOffer(): boolean {
    return this.#offer !== null;
  }

  /** Whether the next part to be proven belongs to the live day; `soon` if few pages complete that. */
  get ofLiveDay(): "soon" | "later" | null {
    const { live, proven } = this.parts.of(this.productId);
    if (live === null || live.newest === null || proven === null) return null;
    const day = bucketStart(live.newest.toTimeMs, "ONE_DAY");
    if (proven.from <= day) return null;
    return this.comesSoon(day) ? "soon" : "later";
  }

  /** Whether few pages bring all trades from an instant on, estimated from known trades. */
  comesSoon(from: EpochSeconds): boolean {
    const { live, horizon } = this.parts.of(this.productId);
    if (live === null || horizon > from || this.isHidden) return false;
    const { newest, oldest } = live;
    if (newest === null || oldest === null) return false;
    const perMs = (newest.to - oldest.from) / (newest.toTimeMs - oldest.fromTimeMs);
    return (oldest.fromTimeMs - from * 1000) * perMs <= SOON_TRADES;
  }

  /** When the next page is wanted, by the given clock; Infinity if none is. */
  get dueMs(): number {
    if (this.secondsLeft === 0 || !this.#isReady) return Infinity;
    const hiddenForMs = this.hasOffer ? 0 : this.#hiddenForMs;
    return hiddenForMs === 0 ? this.#dueMs : this.parts.clock.now() + hiddenForMs;
  }

  /** Takes one more page, if the candles that it continues from are stored. */
  async step(nowMs: number, signal: AbortSignal): Promise<void> {
    const { heldFrom, proven } = this.parts.of(this.productId);
    if (proven === null || !this.#isReady) return;
    this.forgetOffer(nowMs);
    if (this.#walk?.isSound !== true) this.#walk = await this.#begin(proven.from, heldFrom);
    const walk = this.#walk;
    if (walk === null) return this.#wait(nowMs, 15 * EARLY_MS);
    const before = walk.until;
    const isOver = await walk.page(signal);
    this.#pages++;
    this.#seconds += before - walk.until;
    if (walk.until < before) {
      this.#isHidden = false;
      this.#rest.reset();
    }
    if (!isOver) return;
    if (walk.isComplete) this.#walk = null;
    else await this.#hide(nowMs);
  }

  /** Backs off from trades that are not shown now, also over restarts. */
  async #hide(nowMs: number): Promise<void> {
    const { store, of, onProven, clock } = this.parts;
    const waitMs = this.#rest.nextMs();
    this.#isHidden = true;
    this.#wait(nowMs, waitMs);
    const { proven } = of(this.productId);
    if (proven === null) return;
    const hidden = { ...proven, hiddenUntilMs: clock.wallMs() + waitMs };
    onProven(this.productId, hidden);
    await store.rememberProven(this.productId, hidden);
  }

  get #hiddenForMs(): number {
    const { proven } = this.parts.of(this.productId);
    const forMs = (proven?.hiddenUntilMs ?? 0) - this.parts.clock.wallMs();
    // Where it is longer than the longest wait, the date has been corrected since.
    return forMs > LONGEST_REST_MS ? 0 : Math.max(0, forMs);
  }

  /**
   * Whether it may continue: memory derives candles from minutes that it holds, and which trade is the first of the
   * proven past is known once that is stored. Its owner wakes the product then.
   */
  get #isReady(): boolean {
    const { heldFrom, proven, isStored } = this.parts.of(this.productId);
    return proven !== null && proven.from <= heldFrom && isStored;
  }

  #lowest(): EpochSeconds {
    const { horizon, keptFrom } = this.parts.of(this.productId);
    const kept = keptFrom("ONE_MINUTE");
    return Math.max(horizon, kept + (DAY - kept % DAY) % DAY) as EpochSeconds;
  }

  #wait(nowMs: number, waitMs: number): void {
    this.#dueMs = nowMs + waitMs;
  }

  /** Starts a walk from the first trade of the proven past down; null if that is not stored yet. */
  async #begin(provenFrom: EpochSeconds, heldFrom: number): Promise<StretchWalk | null> {
    const { productId } = this;
    const { source, store } = this.parts;
    const stored = await store.around(productId, provenFrom, bucketEnd(provenFrom, "ONE_DAY"));
    const [first] = stored.filter(({ granularity, start, firstTradeId }) =>
      granularity === "ONE_MINUTE" && start >= provenFrom && firstTradeId !== null
    ).sort((a, b) => a.start - b.start);
    if (first === undefined || first.firstTradeId === null) return null;
    const { start: at, firstTradeId: tradeId } = first;
    const offered = this.#offer?.trades ?? [];
    this.#offer = null;
    const isOfUse = offered.some((trade) => trade.tradeId === tradeId) &&
      offered[0]?.tradeId !== tradeId;
    const until = Math.min(at, heldFrom) as EpochSeconds;
    const from = this.#lowest();
    const shownFrom = from - DAY as EpochSeconds;
    return new StretchWalk({ tradeId, at, until, from, shownFrom }, from, {
      productId,
      source,
      writer: this.writer,
      shown: isOfUse ? offered : null,
      priority: PRIORITY,
      keep: (minutes, walked, signal) => this.#keep(minutes, walked, signal),
    });
  }

  /** Stores minutes that a page has proven, and derives the larger candles immediately. */
  async #keep(minutes: ProvenMinutes, walked: Stretch, signal: AbortSignal): Promise<void> {
    const { store, onProven } = this.parts;
    // What was stored is still there, unless there is a doubt.
    const isSure = this.doubts.isEmpty;
    const published = await this.writer.improve(minutes, {
      from: minutes.from,
      joins: (a, b) => a.exact && (isSure && b.exact || isJoined([walked], a, b)),
      isWholeFrom: (start) => isSure || start < walked.until,
      wholeUntil: 0,
    });
    // The run's beginning is recorded only when the database has all that is above it.
    if (published > 0 && !await store.isCaughtUp(signal)) {
      throw new Error("the database does not have yet what was published");
    }
    const { proven } = this.parts.of(this.productId);
    const start = { tradeId: minutes.beforeId, from: minutes.from };
    await store.rememberProven(this.productId, start);
    if (proven === null || start.from < proven.from) {
      onProven(this.productId, { ...proven, ...start, hiddenUntilMs: 0 });
    }
    if (this.doubts.isEmpty) this.writer.extendLive();
  }
}
