import type { Candle } from "../candles/candle.ts";
import {
  bucketEnd,
  bucketStart,
  containingStart,
  type EpochSeconds,
  GRANULARITY_SECONDS,
} from "../candles/granularity.ts";
import type { ProductId } from "../candles/product.ts";
import type { ProductAggregator } from "../candles/product_aggregator.ts";
import { MAX_TRADES } from "../exchange/trade_source.ts";
import { BackOff } from "../time/back_off.ts";
import { Doubtful, isJoined, type Stretch } from "./doubtful.ts";
import type { PastParts } from "./past_parts.ts";
import { PastWriter } from "./past_writer.ts";
import type { Doubt } from "./restore.ts";
import { type ProvenMinutes, TradeRun } from "./trade_run.ts";
import { type Unproven, unprovenWithin } from "./unproven.ts";

const DAY = GRANULARITY_SECONDS.ONE_DAY;
/** Below all that repairs what is in memory; the charts' placeholders come between the two. */
const PRIORITY = { hole: -1, past: -3 };
/** The database has not yet what was published, or memory has not yet let go of what is older. */
const EARLY_MS = 4_000;
/** Trades below the proven past that are not shown are looked for so much later, and then ever more rarely. */
const REST_MS = [600_000, 86_400_000] as const;
const RETRY_MS = [2_000, 600_000] as const;
/** Further stretches of a product are left out: the next start finds them again in the database. */
const MAX_DOUBTFUL = 1_000;

interface Hole {
  readonly doubtful: Doubtful;
  readonly walk: Walk;
}

const HIDDEN = { kind: "hidden" } as const;

interface Walk {
  readonly run: TradeRun;
  /** Up to here it went through all trades since it last began. */
  top: EpochSeconds;
  /** What it went through before. */
  readonly built: Stretch[];
  readonly from: EpochSeconds;
  readonly shownFrom: EpochSeconds;
}

/**
 * The past of one product, walked downwards: stretches that are in doubt first, the newest first of them, then what lies
 * below the proven past, down to the horizon. One step is one page at most. All it knows can be found again in the
 * database, so it may end anywhere.
 */
export class ProductPast {
  readonly #doubtful: Doubtful[] = [];
  readonly #rest = new BackOff(...REST_MS);
  readonly #retry = new BackOff(...RETRY_MS);
  readonly #writer: PastWriter;
  #hole: Hole | null = null;
  #below: Walk | null = null;
  #dueMs: number;
  #notBeforeMs: number;
  #isHidden = false;
  #pages = 0;
  #seconds = 0;

  constructor(readonly productId: ProductId, private readonly parts: PastParts) {
    this.#dueMs = this.#notBeforeMs = parts.now();
    this.#writer = new PastWriter(productId, parts);
  }

  /** Stretches in doubt that wait to be looked at, and those whose trades were not shown when they were. */
  get doubtful(): number {
    return this.#doubtful.length - this.unshown;
  }

  get unshown(): number {
    return this.#doubtful.filter(({ isUnshown }) => isUnshown).length;
  }

  /** The exchange shows no trades below the proven past, at least not when it was asked last. */
  get isHidden(): boolean {
    return this.#isHidden;
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

  /** When the next step is wanted, on the clock that was given; null if none is. */
  get dueMs(): number | null {
    let dueMs = this.secondsLeft > 0 ? this.#dueMs : Infinity;
    for (const doubtful of this.#doubtful) dueMs = Math.min(dueMs, doubtful.dueMs);
    return dueMs === Infinity ? null : Math.max(dueMs, this.#notBeforeMs);
  }

  /** Days of these instants (epoch milliseconds) may not be proven. False if too many wait already. */
  add({ fromMs, toMs }: Omit<Doubt, "productId">): boolean {
    const from = bucketStart(fromMs, "ONE_DAY");
    const until = bucketEnd(bucketStart(toMs, "ONE_DAY"), "ONE_DAY");
    const held = this.#doubtful.find((one) => one.from === from && one.until === until);
    if (held !== undefined) {
      held.restart();
      return true;
    }
    if (this.#doubtful.length >= MAX_DOUBTFUL) return false;
    this.#doubtful.push(new Doubtful(from, until, this.parts.now()));
    this.#doubtful.sort((a, b) => b.until - a.until);
    return true;
  }

  /** One step: one page of trades at most. What fails is tried again later and later; it rejects only once it is ended. */
  async step(signal: AbortSignal): Promise<void> {
    try {
      await this.#step(this.parts.now(), signal);
      this.#retry.reset();
      this.#notBeforeMs = this.parts.now();
    } catch (error) {
      signal.throwIfAborted();
      const waitMs = this.#retry.nextMs();
      this.#notBeforeMs = this.parts.now() + waitMs;
      this.parts.onProblem(this.productId, waitMs, error);
    }
  }

  async #step(nowMs: number, signal: AbortSignal): Promise<void> {
    const doubtful = this.#doubtful.find(({ dueMs }) => dueMs <= nowMs);
    if (this.#hole !== null) await this.#fill(this.#hole, signal);
    else if (doubtful !== undefined) await this.#look(doubtful, nowMs, signal);
    else if (this.secondsLeft > 0 && this.#dueMs <= nowMs) await this.#descend(nowMs, signal);
  }

  #lowest(): EpochSeconds {
    const { horizon, keptFrom } = this.parts.of(this.productId);
    const kept = keptFrom("ONE_MINUTE");
    return Math.max(horizon, kept + (DAY - kept % DAY) % DAY) as EpochSeconds;
  }

  /** Looks for what is not proven in the newest day of a stretch. */
  async #look(doubtful: Doubtful, nowMs: number, signal: AbortSignal): Promise<void> {
    const { store } = this.parts;
    const { live, heldFrom, proven, keptFrom } = this.parts.of(this.productId);
    const limit = Math.max(proven?.from ?? 0, keptFrom("ONE_MINUTE"));
    const oldest = Math.max(doubtful.from, limit);
    const until = Math.min(doubtful.leftUntil, heldFrom) as EpochSeconds;
    // What is held in memory is repaired there, and what is not proven at all is walked later.
    if (!(until > oldest)) return this.#settle(doubtful);
    if (!await store.isCaughtUp(signal)) return this.#waitBriefly(doubtful, nowMs);
    const day = containingStart(until - 1 as EpochSeconds, "ONE_DAY");
    const from = Math.max(oldest, day) as EpochSeconds;
    const minutes = (await store.around(this.productId, from, until)).filter((one) =>
      one.granularity === "ONE_MINUTE" && one.start >= limit
    ).sort((a, b) => a.start - b.start);
    // Trades of minutes that are not stored yet came after all these: so may have others, which were lost.
    const top = minutes.at(-1);
    const newest = live?.newest ?? null;
    if (
      top !== undefined && top.start < until && newest !== null && newest.to !== top.lastTradeId
    ) {
      return this.#waitBriefly(doubtful, nowMs);
    }
    if (!doubtful.hasArrived({ from, until }, minutes)) return doubtful.retry(nowMs);
    // Nothing stored tells what came between the proven start and the first minute.
    const [lowest] = minutes;
    const isLowest = lowest !== undefined && lowest.start >= from &&
      lowest.firstTradeId !== (proven?.tradeId ?? 0) + 1;
    const isWalked = doubtful.walked.some((one) => one.from <= limit);
    const since = limit === proven?.from && isLowest && !isWalked ? proven.from : null;
    const spots = [
      ...unprovenWithin(minutes, until, since, (a, b) => isJoined(doubtful.walked, a, b)),
    ];
    // What a run could begin with may not be stored yet.
    if (spots[0] === null && minutes.at(-1)?.firstTradeId !== null) {
      return this.#waitBriefly(doubtful, nowMs);
    }
    const next = spots.find((spot) => spot !== null && !doubtful.wasTried(spot));
    if (next !== undefined && next !== null) {
      doubtful.tried.push(next);
      this.#hole = { doubtful, walk: walkOf(next, limit as EpochSeconds) };
      return;
    }
    await this.#deriveWithin(doubtful, minutes, { from, until }, spots.length === 0);
    if (spots.length === 0) account(live, doubtful, minutes, until);
    else Object.assign(doubtful, { isTorn: true, provenTo: null });
    if (live !== null) this.parts.onChanged(live);
    doubtful.leftUntil = from;
    if (from > oldest) return;
    if (!doubtful.isTorn) return this.#settle(doubtful);
    doubtful.retry(nowMs);
    doubtful.isUnshown = true;
  }

  #waitBriefly(doubtful: Doubtful, nowMs: number): void {
    doubtful.dueMs = nowMs + EARLY_MS;
  }

  /** Larger candles of a stretch that was walked, all or in part: what is not exact there now stays so for a while. */
  async #deriveWithin(
    doubtful: Doubtful,
    minutes: readonly Candle[],
    { from, until }: Stretch,
    isClean: boolean,
  ): Promise<void> {
    const last = bucketEnd(minutes.at(-1)?.start ?? from, "ONE_MINUTE");
    await this.#writer.improve({ from, until, minutes: [], beforeId: 0 }, {
      from: this.parts.of(this.productId).proven?.from ?? from,
      joins: (a, b) => a.exact && (isClean && b.exact || isJoined(doubtful.walked, a, b)),
      isWholeFrom: (start) =>
        isClean || doubtful.walked.some((one) => start >= one.from && start < one.until),
      wholeUntil: isClean ? Math.min(until, last) : 0,
    });
  }

  /** One more page of a hole. */
  async #fill({ doubtful, walk }: Hole, signal: AbortSignal): Promise<void> {
    if (!await this.#page(walk, PRIORITY.hole, signal)) return;
    this.#hole = null;
    doubtful.walked.push(...walk.built, { from: walk.run.until, until: walk.top });
  }

  /** One more page below the proven past. */
  async #descend(nowMs: number, signal: AbortSignal): Promise<void> {
    const { heldFrom, proven } = this.parts.of(this.productId);
    if (proven === null) return;
    // Memory may still have it in hand.
    if (!(proven.from <= heldFrom)) {
      this.#dueMs = nowMs + 2 * EARLY_MS;
      return;
    }
    if (this.#below === null) {
      const { store } = this.parts;
      const stored = await store.around(
        this.productId,
        proven.from,
        bucketEnd(proven.from, "ONE_DAY"),
      );
      const [first] = stored.filter(({ granularity, start, firstTradeId }) =>
        granularity === "ONE_MINUTE" && start >= proven.from && firstTradeId !== null
      ).sort((a, b) => a.start - b.start);
      if (first === undefined || first.firstTradeId === null) {
        this.#dueMs = nowMs + 15 * EARLY_MS;
        return;
      }
      const from = this.#lowest();
      this.#below = walkOf({
        tradeId: first.firstTradeId,
        at: first.start,
        until: Math.min(first.start, heldFrom) as EpochSeconds,
        from,
        shownFrom: from - DAY as EpochSeconds,
      }, from);
    }
    const walk = this.#below;
    const before = walk.run.until;
    const isOver = await this.#page(walk, PRIORITY.past, signal);
    this.#pages++;
    this.#seconds += before - walk.run.until;
    if (walk.run.until < before) {
      this.#isHidden = false;
      this.#rest.reset();
    }
    if (!isOver) return;
    if (walk.run.until <= walk.from) this.#below = null;
    else {
      this.#isHidden = true;
      this.#dueMs = nowMs + this.#rest.nextMs();
    }
  }

  /** Requests a page and stores what it proves. Whether the walk has come to its end, be it that nothing older is shown. */
  async #page(walk: Walk, priority: number, signal: AbortSignal): Promise<boolean> {
    const { run } = walk;
    const range = { start: Math.min(walk.shownFrom, run.end), end: run.end, limit: MAX_TRADES };
    const { until } = run;
    const answer = await this.parts.source.trades(this.productId, { ...range, priority, signal });
    // Where rows were left out, neighbours are none.
    const step = answer.unreadable > 0 ? HIDDEN : run.take(answer.trades);
    if (step.kind === "hidden") return true;
    try {
      if (step.gap !== null) {
        walk.built.push({ from: until, until: walk.top });
        walk.top = step.proven?.until ?? run.until;
        await this.#writer.keepGap(step.gap, { priority, signal });
      }
      if (step.proven !== null) await this.#keep(walk, step.proven, signal);
    } catch (error) {
      // What the run has taken and the database has not is requested again.
      this.#forget(walk);
      throw error;
    }
    return run.until <= walk.from;
  }

  #forget(walk: Walk): void {
    if (walk === this.#below) this.#below = null;
    else this.#hole = null;
  }

  /** Takes minutes that a page has proven. What is larger is made of them when a hole is filled, or at once below. */
  async #keep(walk: Walk, minutes: ProvenMinutes, signal: AbortSignal): Promise<void> {
    const { store, onProven } = this.parts;
    if (walk !== this.#below) {
      for (const { start } of minutes.minutes) this.#hole?.doubtful.built.add(start);
      await this.#writer.improve(minutes, {
        from: Infinity,
        joins: never,
        isWholeFrom: never,
        wholeUntil: 0,
      });
      return;
    }
    const walked = { from: minutes.from, until: walk.top };
    // What was stored once is there, unless there is a doubt.
    const isSure = this.#doubtful.length === 0;
    const published = await this.#writer.improve(minutes, {
      from: minutes.from,
      joins: (a, b) => a.exact && (isSure && b.exact || isJoined([walked], a, b)),
      isWholeFrom: (start) => isSure || start < walk.top,
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
      onProven(this.productId, { ...proven, ...start });
    }
    if (this.#doubtful.length === 0) this.#writer.extendLive();
  }

  /** A stretch is proven, or not for this to prove. */
  #settle(doubtful: Doubtful): void {
    this.#doubtful.splice(this.#doubtful.indexOf(doubtful), 1);
    if (this.#doubtful.length === 0) this.#writer.extendLive();
  }
}

/** Gaps of what is in memory whose trades are all in minutes that are proven; later ones are for memory itself. */
function account(
  live: ProductAggregator | null,
  doubtful: Doubtful,
  minutes: readonly Candle[],
  until: EpochSeconds,
): void {
  const past = minutes.filter(({ start }) => start < until);
  const first = past[0]?.firstTradeId ?? Infinity;
  const provenTo = doubtful.provenTo ?? (past.at(-1)?.lastTradeId ?? -1);
  for (const gap of live?.gaps() ?? []) {
    if (gap.fromId >= first && gap.toId <= provenTo) live?.account(gap);
  }
  doubtful.provenTo = provenTo;
}

function walkOf(start: Unproven, oldest: EpochSeconds): Walk {
  const from = Math.max(start.from, oldest) as EpochSeconds;
  return {
    run: new TradeRun(start),
    top: bucketEnd(start.at, "ONE_MINUTE"),
    built: [],
    from,
    shownFrom: start.shownFrom,
  };
}

function never(): boolean {
  return false;
}
