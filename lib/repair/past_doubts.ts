import type { Candle } from "../candles/candle.ts";
import {
  bucketEnd,
  bucketStart,
  containingStart,
  type EpochSeconds,
} from "../candles/granularity.ts";
import type { ProductId } from "../candles/product.ts";
import type { ProductAggregator } from "../candles/product_aggregator.ts";
import { Doubtful, isJoined, type Stretch } from "./doubtful.ts";
import { EARLY_MS, type PastOf, type PastParts } from "./past_parts.ts";
import type { PastWriter } from "./past_writer.ts";
import type { Doubt } from "./restore.ts";
import { StretchWalk } from "./stretch_walk.ts";
import type { ProvenMinutes } from "./trade_run.ts";
import { type Unproven, unprovenWithin } from "./unproven.ts";

/** Below all repair of what is in memory, above the charts' placeholders. */
const PRIORITY = -1;
/** Most stretches of a product; the next start finds further ones in the database. */
const MAX_DOUBTFUL = 1_000;

interface Hole {
  readonly doubtful: Doubtful;
  readonly walk: StretchWalk;
}

/** A look at the newest day of a doubtful stretch. */
interface Look extends Stretch {
  readonly doubtful: Doubtful;
  readonly product: PastOf;
  /** Minutes before this are below the proven past, or not kept. */
  readonly limit: number;
}

/**
 * The stretches of a product's past that are in doubt, newest first: examines each from its end backwards, a day at a
 * time, and walks through the holes that it finds.
 */
export class PastDoubts {
  readonly #doubtful: Doubtful[] = [];
  #hole: Hole | null = null;

  constructor(
    private readonly productId: ProductId,
    private readonly parts: PastParts,
    private readonly writer: PastWriter,
  ) {}

  get isEmpty(): boolean {
    return this.#doubtful.length === 0;
  }

  /** The number of stretches that wait to be examined, and of those whose trades were not shown. */
  get waiting(): number {
    return this.#doubtful.length - this.unshown;
  }

  get unshown(): number {
    return this.#doubtful.filter(({ isUnshown }) => isUnshown).length;
  }

  /** When the next step is wanted, by the given clock; Infinity if none is. */
  get dueMs(): number {
    return this.#doubtful.reduce((soonest, { dueMs }) => Math.min(soonest, dueMs), Infinity);
  }

  /** Adds the days of these instants (epoch milliseconds), which may not be proven. False if too many wait already. */
  add({ fromMs, toMs }: Omit<Doubt, "productId">): boolean {
    const from = bucketStart(fromMs, "ONE_DAY");
    const until = bucketEnd(bucketStart(toMs, "ONE_DAY"), "ONE_DAY");
    const held = this.#doubtful.find((one) => one.from === from && one.until === until);
    if (held !== undefined) {
      held.restart();
      return true;
    }
    if (this.#doubtful.length >= MAX_DOUBTFUL) return false;
    this.#doubtful.push(new Doubtful(from, until, this.parts.clock.now()));
    this.#doubtful.sort((a, b) => b.until - a.until);
    return true;
  }

  /** Takes one page of a hole, or looks once. False if nothing was due. */
  async step(nowMs: number, signal: AbortSignal): Promise<boolean> {
    if (this.#hole?.walk.isSound === true) {
      await this.#fill(this.#hole, signal);
      return true;
    }
    const doubtful = this.#doubtful.find(({ dueMs }) => dueMs <= nowMs);
    if (doubtful === undefined) return false;
    await this.#look(doubtful, nowMs, signal);
    return true;
  }

  /** One more page of a hole. */
  async #fill({ doubtful, walk }: Hole, signal: AbortSignal): Promise<void> {
    if (!await walk.page(signal)) return;
    this.#hole = null;
    doubtful.walked.push(...walk.walked);
  }

  /** Finds what is not proven in the newest day of a stretch. */
  async #look(doubtful: Doubtful, nowMs: number, signal: AbortSignal): Promise<void> {
    const { store } = this.parts;
    const product = this.parts.of(this.productId);
    const { heldFrom, proven, keptFrom } = product;
    const limit = Math.max(proven?.from ?? 0, keptFrom("ONE_MINUTE"));
    const oldest = Math.max(doubtful.from, limit);
    const until = Math.min(doubtful.leftUntil, heldFrom) as EpochSeconds;
    // Minutes in memory are repaired there, and what is below the proven past is walked later.
    if (!(until > oldest)) return this.#settle(doubtful);
    if (!await store.isCaughtUp(signal)) return doubtful.wait(nowMs + EARLY_MS);
    const day = containingStart(until - 1 as EpochSeconds, "ONE_DAY");
    const from = Math.max(oldest, day) as EpochSeconds;
    const minutes = (await store.around(this.productId, from, until)).filter((one) =>
      one.granularity === "ONE_MINUTE" && one.start >= limit
    ).sort((a, b) => a.start - b.start);
    const look = { doubtful, product, limit, from, until };
    const { topStep } = doubtful;
    const waitForTop = () => doubtful.waitForTop(nowMs + EARLY_MS);
    if (topStep === "wait" && mayLackNewest(look, minutes)) return waitForTop();
    if (!doubtful.hasArrived({ from, until }, minutes)) return doubtful.retry(nowMs);
    const spots = unprovenOf(look, minutes);
    // The trade that a run would begin with may not be stored yet.
    const mayBegin = spots[0] === null && minutes.at(-1)?.firstTradeId !== null;
    if (topStep === "wait" && mayBegin) return waitForTop();
    const next = spots.find((spot) => spot !== null && !doubtful.wasTried(spot));
    if (next !== undefined && next !== null) return this.#begin(doubtful, next, limit);
    await this.#conclude(look, minutes, spots);
    if (from > oldest) return;
    if (doubtful.isIncomplete) doubtful.giveUp(nowMs);
    else this.#settle(doubtful);
  }

  #begin(doubtful: Doubtful, spot: Unproven, limit: number): void {
    doubtful.tried.push(spot);
    const { productId, writer } = this;
    const { source } = this.parts;
    const walk = new StretchWalk(spot, limit as EpochSeconds, {
      productId,
      source,
      writer,
      priority: PRIORITY,
      keep: (minutes) => this.#keep(doubtful, minutes),
    });
    this.#hole = { doubtful, walk };
  }

  /** Stores minutes that a page has proven. Larger candles are derived once the hole is filled. */
  async #keep(doubtful: Doubtful, minutes: ProvenMinutes): Promise<void> {
    for (const { start } of minutes.minutes) doubtful.built.add(start);
    const from = Infinity;
    await this.writer.improve(minutes, { from, joins: never, isWholeFrom: never, wholeUntil: 0 });
  }

  /** Ends the work on a day, as far as possible, and continues below it. `spots`: what of it is not proven. */
  async #conclude(
    look: Look,
    minutes: readonly Candle[],
    spots: readonly (Unproven | null)[],
  ): Promise<void> {
    const { doubtful, product: { live }, from, until } = look;
    const isClean = spots.length === 0;
    await this.#derive(look, minutes, isClean);
    if (isClean) account(live, doubtful, minutes, until);
    else if (doubtful.topStep !== "leave" || spots.some((spot) => spot !== null)) {
      doubtful.markIncomplete();
    }
    if (live !== null) this.parts.onChanged(live);
    doubtful.leftUntil = from;
  }

  /** Derives the larger candles of a walked stretch; those that are not exact now stay so for a while. */
  async #derive(
    { doubtful, from, until }: Look,
    minutes: readonly Candle[],
    isClean: boolean,
  ): Promise<void> {
    const top = bucketEnd(minutes.at(-1)?.start ?? from, "ONE_MINUTE");
    const last = doubtful.wentThrough({ from: top, until }) ? until : top;
    await this.writer.improve({ from, until, minutes: [], beforeId: 0 }, {
      from: this.parts.of(this.productId).proven?.from ?? from,
      joins: (a, b) => a.exact && (isClean && b.exact || isJoined(doubtful.walked, a, b)),
      isWholeFrom: (start) =>
        isClean || doubtful.walked.some((one) => start >= one.from && start < one.until),
      wholeUntil: isClean ? Math.min(until, last) : 0,
    });
  }

  /** Removes a stretch that is proven, or that is proven elsewhere. */
  #settle(doubtful: Doubtful): void {
    this.#doubtful.splice(this.#doubtful.indexOf(doubtful), 1);
    if (this.isEmpty) this.writer.extendLive();
  }
}

/**
 * Whether trades of minutes that are not stored yet came after these, so that others may have come, too, and been lost.
 */
function mayLackNewest(
  { product: { live }, until }: Look,
  minutes: readonly Candle[],
): boolean {
  const top = minutes.at(-1);
  const newest = live?.newest ?? null;
  return top !== undefined && top.start < until && newest !== null &&
    newest.to !== top.lastTradeId;
}

/** How a run begins after these minutes, if what came there is wanted: with a trade in memory, or with a page. */
function openAbove({ doubtful, product: { live }, until }: Look, minutes: readonly Candle[]) {
  const top = minutes.at(-1);
  if (doubtful.topStep !== "walk" || top === undefined || top.start >= until) return null;
  if (doubtful.wentThrough({ from: bucketEnd(top.start, "ONE_MINUTE"), until })) return null;
  const oldest = live?.oldest ?? null;
  const begins = oldest === null ? [] : [{ tradeId: oldest.from, timeMs: oldest.fromTimeMs }];
  for (const { toId, toTimeMs } of live?.gaps() ?? []) {
    begins.push({ tradeId: toId + 1, timeMs: toTimeMs });
  }
  const first = begins.find(({ timeMs }) => timeMs >= until * 1000);
  if (first === undefined) return { tradeId: null, at: until - 60 as EpochSeconds };
  return { tradeId: first.tradeId, at: bucketStart(first.timeMs, "ONE_MINUTE") };
}

/** The unproven parts among the minutes of a look (ascending), newest first. */
function unprovenOf(look: Look, minutes: readonly Candle[]): readonly (Unproven | null)[] {
  const { doubtful: { walked }, product: { proven }, limit, from, until } = look;
  // No stored minute covers the time between the proven start and the first minute.
  const [lowest] = minutes;
  const isLowest = lowest !== undefined && lowest.start >= from &&
    lowest.firstTradeId !== (proven?.tradeId ?? 0) + 1;
  const isWalked = walked.some((one) => one.from <= limit);
  const since = limit === proven?.from && isLowest && !isWalked ? proven.from : null;
  const joins = (a: Candle, b: Candle) => isJoined(walked, a, b);
  return [...unprovenWithin(minutes, until, since, joins, openAbove(look, minutes))];
}

/** Closes gaps in memory whose trades are all in proven minutes; memory repairs later ones itself. */
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

function never(): boolean {
  return false;
}
