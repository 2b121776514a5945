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
/** Trades below the proven past that are not shown are looked for so much later, and then ever more rarely. */
const REST_MS = [600_000, 86_400_000] as const;
/** A page that was requested for something else is of use soon, or is forgotten. */
const OFFER_MS = 90_000;
/** What so many pages hold, of what is still missing of a day, comes soon. */
const SOON_TRADES = 3 * MAX_TRADES;

/** The walk down from where a product's proven past begins to the horizon, which moves that beginning. */
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
    this.#dueMs = parts.now();
  }

  /** The exchange shows no trades below the proven past, at least not when it was asked last, be it before a restart. */
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

  /** Trades that a page showed side by side, ascending: they may reach below the proven past, which saves a request. */
  offer(trades: readonly Trade[]): void {
    const { horizon, proven } = this.parts.of(this.productId);
    if (horizon === Infinity || (proven !== null && this.secondsLeft === 0)) return;
    const nowMs = this.parts.now();
    this.#offer = { trades, untilMs: nowMs + OFFER_MS };
    this.#dueMs = Math.min(this.#dueMs, nowMs);
  }

  /** Lets go of what was offered and was of no use for long. */
  forgetOffer(nowMs: number): void {
    if (this.#offer !== null && this.#offer.untilMs <= nowMs) this.#offer = null;
  }

  /** Whether the next page is there already. */
  get hasOffer(): boolean {
    return this.#offer !== null;
  }

  /** Whether what is proven next belongs to the live day. */
  get isOfLiveDay(): boolean {
    const { live, proven } = this.parts.of(this.productId);
    if (live === null || live.newest === null || proven === null) return false;
    return proven.from > bucketStart(live.newest.toTimeMs, "ONE_DAY");
  }

  /** Whether all trades from an instant on are to be had with few pages, as far as those that are known tell. */
  comesSoon(from: EpochSeconds): boolean {
    const { live, horizon } = this.parts.of(this.productId);
    if (live === null || horizon > from || this.isHidden) return false;
    const { newest, oldest } = live;
    if (newest === null || oldest === null) return false;
    const perMs = (newest.to - oldest.from) / (newest.toTimeMs - oldest.fromTimeMs);
    return (oldest.fromTimeMs - from * 1000) * perMs <= SOON_TRADES;
  }

  /** When the next page is wanted, on the clock that was given; Infinity if none is. */
  get dueMs(): number {
    if (this.secondsLeft === 0) return Infinity;
    const hiddenForMs = this.hasOffer ? 0 : this.#hiddenForMs;
    return hiddenForMs === 0 ? this.#dueMs : this.parts.now() + hiddenForMs;
  }

  /** One more page, if what it continues from is stored. */
  async step(nowMs: number, signal: AbortSignal): Promise<void> {
    const { heldFrom, proven } = this.parts.of(this.productId);
    if (proven === null) return;
    this.forgetOffer(nowMs);
    // Memory may still have it in hand.
    if (!(proven.from <= heldFrom)) return this.#wait(nowMs, 2 * EARLY_MS);
    if (this.#walk?.isSound !== true) this.#walk = await this.#begin(proven.from, heldFrom);
    const walk = this.#walk;
    if (walk === null) return this.#wait(nowMs, this.hasOffer ? EARLY_MS : 15 * EARLY_MS);
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

  /** What is not shown now is requested again later and later, whatever is restarted. */
  async #hide(nowMs: number): Promise<void> {
    const { store, of, onProven, wallMs } = this.parts;
    const waitMs = this.#rest.nextMs();
    this.#isHidden = true;
    this.#wait(nowMs, waitMs);
    const { proven } = of(this.productId);
    if (proven === null) return;
    const hidden = { ...proven, hiddenUntilMs: wallMs() + waitMs };
    onProven(this.productId, hidden);
    await store.rememberProven(this.productId, hidden);
  }

  get #hiddenForMs(): number {
    const { proven } = this.parts.of(this.productId);
    return Math.max(0, (proven?.hiddenUntilMs ?? 0) - this.parts.wallMs());
  }

  #lowest(): EpochSeconds {
    const { horizon, keptFrom } = this.parts.of(this.productId);
    const kept = keptFrom("ONE_MINUTE");
    return Math.max(horizon, kept + (DAY - kept % DAY) % DAY) as EpochSeconds;
  }

  #wait(nowMs: number, waitMs: number): void {
    this.#dueMs = nowMs + waitMs;
  }

  /** A walk from the first trade of the proven past down; null if that is not stored yet. */
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

  /** Takes minutes that a page has proven, and makes what is larger of them at once. */
  async #keep(minutes: ProvenMinutes, walked: Stretch, signal: AbortSignal): Promise<void> {
    const { store, onProven } = this.parts;
    // What was stored once is there, unless there is a doubt.
    const isSure = this.doubts.isEmpty;
    const published = await this.writer.improve(minutes, {
      from: minutes.from,
      joins: (a, b) => a.exact && (isSure && b.exact || isJoined([walked], a, b)),
      isWholeFrom: (start) => isSure || start < walked.until,
      wholeUntil: 0,
    });
    // Where a run begins is remembered when the database has all that is above.
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
