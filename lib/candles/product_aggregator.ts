import type { Bucket, Coverage } from "./buckets.ts";
import { Buckets } from "./buckets.ts";
import type { Candle, CandleState } from "./candle.ts";
import { candleOf, mergeValues, valuesOf } from "./candle.ts";
import type { EpochSeconds, Granularity } from "./granularity.ts";
import {
  bucketEnd,
  bucketStart,
  containingStart,
  GRANULARITIES,
  GRANULARITY_SECONDS,
} from "./granularity.ts";
import type { IdGap, IdInterval } from "./id_intervals.ts";
import { IdIntervals } from "./id_intervals.ts";
import { addTrade, beginMinute, resumeMinute } from "./minute.ts";
import type { ProductId } from "./product.ts";
import { Proof } from "./proof.ts";
import { byEndThenLength, isPublishable, publish } from "./publication.ts";
import type { Trade } from "./trade.ts";

/**
 * What became of a trade. `merged`, `duplicate` and `before` (older than all that is kept: it only proves where that
 * begins) are good; `late` belongs to a gap whose minutes are no longer held, `misplaced` contradicts the order of
 * ids, and `final` would change an exact candle.
 */
export type MergeOutcome = "merged" | "duplicate" | "before" | "late" | "misplaced" | "final";

/** A trade that is known to be before all that is proven, by its id alone. */
export interface Anchor {
  readonly tradeId: number;
  /** The start of a minute that it is older than; everything from there on is rebuilt if need be. */
  readonly before: EpochSeconds;
}

/** How long after their end minutes stay in memory, beyond the running hour. */
const HELD_SECONDS = 3600;

const LIVE: CandleState = { isComplete: false, exact: false, revision: 0 };
const NONE: readonly Candle[] = Object.freeze([]);

/**
 * One product's trades as candles. Owns that product's trade ids, its buckets in memory and its event time; reads no
 * clock and does no I/O. After any change `takeClosed` gives what has closed or changed since, and `takeLive` the
 * running candles.
 */
export class ProductAggregator {
  readonly productId: ProductId;
  readonly #graceMs: number;
  readonly #ids = new IdIntervals();
  readonly #buckets = new Buckets();
  readonly #dirtyMinutes = new Set<EpochSeconds>();
  /** Closed buckets that may differ from what was published. */
  readonly #unpublished = new Map<Bucket, Granularity>();
  readonly #proof = new Proof(this.#ids);
  #closedDirty = false;
  #liveDirty = false;
  #running: Bucket | null = null;
  #eventTimeMs = -Infinity;
  #closedThrough = -Infinity;
  #heldFrom = -Infinity;
  #firstHeldFrom = -Infinity;
  #storedFrom = Infinity;
  #pinnedFrom = Infinity;
  /** Minutes before it are not all known, whatever ids say: of their trades only the ids count, from its own on. */
  #anchor: Anchor | null = null;
  #anchorIsDue = false;
  /** Coverage as of the last refresh. */
  #knownCoveredFrom = Infinity;

  constructor(productId: ProductId, graceMs: number) {
    this.productId = productId;
    this.#graceMs = graceMs;
  }

  /** The run of ids that ends with the newest known trade, or null before the first. */
  get newest(): IdInterval | null {
    return this.#ids.newest;
  }

  /** The oldest trade id from which on (gaps apart) all are known, or null before the first. */
  get oldestId(): number | null {
    return this.#ids.oldest?.from ?? null;
  }

  /** Whether a trade's id is accounted for. */
  has(tradeId: number): boolean {
    return this.#ids.containing(tradeId) !== null;
  }

  /** Buckets that end here or earlier are closed; -Infinity before the first close. */
  get closedThrough(): number {
    return this.#closedThrough;
  }

  /** Changes whenever `gaps()` does. */
  get gapShape(): number {
    return this.#ids.shape;
  }

  /** The runs of ids not seen, oldest first. */
  gaps(): IdGap[] {
    return this.#ids.gaps();
  }

  get coverage(): Coverage {
    const oldest = this.#ids.oldest;
    const anchored = oldest === null ? Infinity : bucketStart(oldest.fromTimeMs, "ONE_MINUTE") + 60;
    const tradesFrom = Math.min(Math.max(anchored, this.#firstHeldFrom), this.#storedFrom);
    return {
      tradesFrom,
      coveredFrom: Math.min(tradesFrom, this.#pinnedFrom),
      heldFrom: this.#heldFrom,
    };
  }

  /** Whether a closed minute holds the newest trade, so that nothing proves its end yet. */
  get awaitsEnd(): boolean {
    return this.#proof.awaitsEnd(this.#buckets);
  }

  /**
   * Merges one trade. `movesTime`: it came over the feed, so its time is the product's event time; one from REST fills
   * the past and closes nothing.
   */
  merge(trade: Trade, movesTime: boolean): MergeOutcome {
    const { timeMs, tradeId } = trade;
    let bucket = this.#running;
    if (bucket === null || timeMs < bucket.start * 1000 || timeMs >= (bucket.start + 60) * 1000) {
      const start = bucketStart(timeMs, "ONE_MINUTE");
      if (this.#heldFrom === -Infinity) this.#holdFrom(heldFromAt(start));
      if (start < this.#heldFrom || start < (this.#anchor?.before ?? -Infinity)) {
        return this.#mergeBefore(trade);
      }
      bucket = this.#buckets.getOrCreate("ONE_MINUTE", start);
    }
    const insertion = this.#ids.insert(tradeId, timeMs);
    if (insertion !== "new") return insertion === "seen" ? "duplicate" : insertion;
    if (this.#anchorIsDue) this.#dropAnchor();
    if (movesTime && timeMs > this.#eventTimeMs) this.#eventTimeMs = timeMs;
    if (bucket.exact) return "final";
    if (bucket.merge === null) {
      bucket.merge = beginMinute(trade);
      bucket.partial ||= bucket.given !== null || this.#ids.oldest?.from === tradeId;
    } else {
      addTrade(bucket.merge, trade);
    }
    this.#running = bucket;
    this.#liveDirty = true;
    this.#markMinute(bucket.start);
    return "merged";
  }

  /** Sets the newest instant that is expected to come, before the first trade: what is held begins an hour before. */
  begin(newestMs: number): void {
    if (this.#heldFrom === -Infinity) {
      this.#holdFrom(heldFromAt(bucketStart(newestMs, "ONE_MINUTE")));
    }
  }

  /** Moves the product's event time forward; never back. */
  advance(eventTimeMs: number): void {
    if (eventTimeMs > this.#eventTimeMs) this.#eventTimeMs = eventTimeMs;
  }

  /** Two neighbouring trades, both seen, have nothing between them. False if they are not neighbours here. */
  bridge(beforeId: number, afterId: number): boolean {
    return this.#ids.bridge(beforeId, afterId);
  }

  /**
   * The trades from `fromId` to `toId` have been taken care of elsewhere (their minutes are older than what is held):
   * the gap is none any more.
   */
  account(gap: IdGap): void {
    this.#ids.addRun({
      from: gap.fromId,
      to: gap.toId,
      fromTimeMs: gap.fromTimeMs,
      toTimeMs: gap.toTimeMs,
    });
  }

  /** Nothing followed trade `tradeId` until `untilMs` (the exchange's time): proves the end of its minute. */
  proveQuiet(tradeId: number, untilMs: number): void {
    this.#proof.proveQuiet(tradeId, untilMs);
  }

  /**
   * Takes over what was stored or published before: `candles` of this product, minutes ascending by start; open ones
   * (from KV) go on if their set of trades is known. `storedFrom`: from this instant on every candle that was ever
   * closed is among them as far back as is held (gaps apart). `anchor`: the trade before that instant, without which
   * nobody would miss the first trades after it. What is held begins an hour before the newest minute, unless
   * `heldFrom` says otherwise. Must come before the first trade.
   */
  restore(
    candles: readonly Candle[],
    storedFrom: EpochSeconds | null,
    anchor: Anchor | null = null,
    heldFrom: EpochSeconds | null = null,
  ): void {
    const minutes = candles.filter((candle) => candle.granularity === "ONE_MINUTE");
    const newest = minutes[minutes.length - 1];
    if (heldFrom !== null) this.#holdFrom(heldFrom);
    else if (newest !== undefined) this.#holdFrom(heldFromAt(newest.start));
    if (storedFrom !== null) this.#storedFrom = storedFrom;
    for (const candle of candles) {
      this.#adoptIds(candle);
      this.adopt(candle);
      const end = bucketEnd(candle.start, candle.granularity);
      if (candle.isComplete && end > this.#closedThrough) this.#closedThrough = end;
    }
    // What is older than the minutes held is not missed here.
    if (anchor !== null && anchor.before >= this.#heldFrom) {
      this.#anchor = anchor;
      this.#anchorIsDue = true;
      if (this.#ids.newest !== null) this.#dropAnchor();
    }
    if (Number.isFinite(this.#heldFrom)) {
      this.#buckets.forgetBefore(this.#heldFrom as EpochSeconds);
    }
  }

  /** Takes over one candle as it was published elsewhere or earlier: its values, state and revision. */
  adopt(candle: Candle): void {
    const { granularity, start, isComplete, exact, revision } = candle;
    if (granularity !== "ONE_MINUTE" && !isComplete) return;
    if (start < this.#oldestHeld(granularity)) return;
    const bucket = this.#buckets.getOrCreate(granularity, start);
    const values = valuesOf(candle);
    if (isComplete) bucket.published = { values, exact, revision };
    bucket.given = values;
    bucket.values = values;
    bucket.exact = exact;
    this.#closedDirty = true;
    if (granularity !== "ONE_MINUTE") {
      this.#markLarger(granularity, start);
      return;
    }
    bucket.merge = resumeMinute(values);
    if (!isComplete && bucket.merge === null) {
      // Some of its trades are unknown: it is rebuilt from its first trade on before it shows again.
      bucket.given = bucket.values = null;
      bucket.partial = true;
    }
    this.#running = bucket;
    this.#markMinute(start);
  }

  /**
   * Another candle is known under this one's revision: the same values go out again under a higher one. False if it is
   * not held any more.
   */
  raiseRevision(candle: Candle): boolean {
    const bucket = this.#buckets.get(candle.granularity, candle.start);
    if (bucket === null || bucket.published === null) return false;
    if (bucket.published.revision !== candle.revision) return true;
    bucket.published = { ...bucket.published, outdone: true };
    this.#unpublished.set(bucket, candle.granularity);
    this.#closedDirty = true;
    return true;
  }

  /**
   * Uses the exchange's own closed candles for a stretch without trades: `candles` of this product, not overlapping,
   * cover all from `from` to where the trades begin. They are never published as they are.
   */
  pin(candles: readonly Candle[], from: EpochSeconds): void {
    for (const candle of candles) this.#pin(candle);
    this.#pinnedFrom = Math.min(this.#pinnedFrom, from);
    this.#liveDirty = true;
    this.#closedDirty = true;
  }

  /**
   * Replaces closed minutes whose trades cannot be had by the exchange's candles. They are published (not exact, no
   * counts) and stay so until their trades are obtained after all. Exact minutes are left alone.
   */
  replaceByExchange(minutes: readonly Candle[]): void {
    for (const minute of minutes) {
      if (minute.granularity !== "ONE_MINUTE" || minute.start < this.#heldFrom) continue;
      const bucket = this.#buckets.getOrCreate("ONE_MINUTE", minute.start);
      if (bucket.exact) continue;
      bucket.merge = null;
      bucket.partial = false;
      bucket.pinned = false;
      bucket.given = valuesOf(minute);
      this.#markMinute(minute.start);
    }
  }

  /** Whether `takeClosed` may have something to give. */
  get hasClosed(): boolean {
    return this.#closes || this.#closedDirty || this.#proof.hasEvidence;
  }

  /** The closed candles that are new or changed since the last call, in the order they are to be published. */
  takeClosed(): readonly Candle[] {
    if (!this.hasClosed) return NONE;
    const closes = this.#closes;
    this.#closedDirty = false;
    if (closes) this.#close(this.#closableThrough);
    this.#refresh();
    const coverage = this.coverage;
    const closed: Candle[] = [];
    for (const [bucket, granularity] of this.#unpublished) {
      const candle = publish(this.productId, granularity, bucket, coverage);
      if (candle !== null) closed.push(candle);
    }
    this.#unpublished.clear();
    if (closes) this.#forget();
    return closed.length < 2 ? closed : closed.sort(byEndThenLength);
  }

  /** Whether a running candle has changed since `takeLive`. */
  get hasLive(): boolean {
    return this.#liveDirty;
  }

  /** The running candles of every granularity that has one and is covered, smallest first. */
  takeLive(): readonly Candle[] {
    const newest = this.#ids.newest;
    if (!this.#liveDirty || newest === null) return NONE;
    this.#liveDirty = false;
    this.#refresh();
    const coverage = this.coverage;
    const live: Candle[] = [];
    for (const granularity of GRANULARITIES) {
      const bucket = this.#buckets.get(granularity, bucketStart(newest.toTimeMs, granularity));
      if (bucket === null || bucket.values === null || this.#isClosed(granularity, bucket)) {
        continue;
      }
      if (!isPublishable(granularity, bucket, coverage)) continue;
      live.push(candleOf(this.productId, granularity, bucket.start, bucket.values, LIVE));
    }
    return live;
  }

  #mergeBefore({ tradeId, timeMs }: Trade): MergeOutcome {
    if (this.#anchor !== null && tradeId <= this.#anchor.tradeId) return "before";
    const oldest = this.#ids.oldest;
    if (this.#ids.containing(tradeId) !== null) return "duplicate";
    if (oldest !== null && tradeId > oldest.from) {
      if (timeMs >= this.coverage.tradesFrom * 1000) return "late";
    } else if (oldest !== null) {
      // One trade before what is held is proof enough. Once memory has moved on, an older one would make candles seem
      // covered that were never built.
      const moved = this.#heldFrom > this.#firstHeldFrom;
      if (moved || oldest.fromTimeMs < this.#heldFrom * 1000) return "before";
    }
    const insertion = this.#ids.insert(tradeId, timeMs);
    return insertion === "misplaced" ? insertion : "before";
  }

  /** The anchor's id counts from when there is another: alone it says nothing of where the product is now. */
  #dropAnchor(): void {
    if (this.#anchor === null) return;
    const { tradeId, before } = this.#anchor;
    this.#anchorIsDue = false;
    // Where it was exactly is not known, and looking for it goes no further back than to its id.
    const toTimeMs = (before - GRANULARITY_SECONDS.ONE_DAY) * 1000;
    this.#ids.addRun({ from: tradeId, to: tradeId, fromTimeMs: before * 1000 - 1, toTimeMs });
  }

  /** Minutes tell which trades are known; of hours whose minutes are no longer held, exact ones do. */
  #adoptIds(candle: Candle): void {
    const { granularity, firstTradeId, lastTradeId, start, exact } = candle;
    if (firstTradeId === null || lastTradeId === null) return;
    if (granularity === "ONE_MINUTE" && start < this.#heldFrom) {
      // Of what is not rebuilt here the last trade is enough to miss those after it.
      const fromTimeMs = bucketEnd(start, granularity) * 1000 - 1;
      this.#ids.addRun({ from: lastTradeId, to: lastTradeId, fromTimeMs, toTimeMs: start * 1000 });
    }
    if (granularity !== "ONE_MINUTE" && !(granularity === "ONE_HOUR" && exact)) return;
    // Ids inside an exact candle are proven even where some never existed; other sets only by their count.
    if (!exact && resumeMinute(candle) === null) return;
    this.#ids.addRun({
      from: firstTradeId,
      to: lastTradeId,
      // When exactly they were is not stored: a gap before or after reaches as far as it possibly can.
      fromTimeMs: bucketEnd(start, granularity) * 1000 - 1,
      toTimeMs: start * 1000,
    });
  }

  #pin(candle: Candle): void {
    const { granularity, start } = candle;
    const small = GRANULARITY_SECONDS[granularity] < GRANULARITY_SECONDS.ONE_HOUR;
    const folds = small && start < this.#heldFrom;
    const level = folds ? "ONE_HOUR" : granularity;
    const bucket = this.#buckets.getOrCreate(level, containingStart(start, level));
    if (bucket.merge !== null && !bucket.partial) return;
    const { published } = bucket;
    if (published !== null) {
      if (level === "ONE_MINUTE") return;
      // What an earlier run knew of it is not held: derived from what is, it would lack that part.
      bucket.pinned = true;
      if (!folds && !published.exact) bucket.given = valuesOf(candle);
      return this.#markLarger(level, bucket.start);
    }
    const values = valuesOf(candle);
    // What is older than the minutes held is folded into its hour.
    bucket.given = folds && bucket.given !== null ? mergeValues(bucket.given, values) : values;
    bucket.pinned = true;
    if (level === "ONE_MINUTE") return this.#markMinute(start);
    this.#markLarger(level, bucket.start);
  }

  #markLarger(granularity: Granularity, start: EpochSeconds): void {
    this.#buckets.mark(granularity, start);
    this.#buckets.markParents(start, granularity);
  }

  #markMinute(start: EpochSeconds): void {
    this.#dirtyMinutes.add(start);
    if (start + 60 <= this.#closedThrough) this.#closedDirty = true;
  }

  #isClosed(granularity: Granularity, bucket: Bucket): boolean {
    return bucketEnd(bucket.start, granularity) <= this.#closedThrough;
  }

  /** What ends at it or before is over, as far as event time tells. */
  get #closableThrough(): EpochSeconds {
    return bucketStart(this.#eventTimeMs - this.#graceMs, "ONE_MINUTE");
  }

  get #closes(): boolean {
    const through = this.#closableThrough;
    return Number.isFinite(through) && through > this.#closedThrough;
  }

  #close(through: EpochSeconds): void {
    const before = this.#closedThrough;
    this.#closedThrough = through;
    for (const granularity of GRANULARITIES) {
      for (const { start } of this.#buckets.of(granularity)) {
        const end = bucketEnd(start, granularity);
        if (end <= before || end > through) continue;
        if (granularity === "ONE_MINUTE") this.#dirtyMinutes.add(start);
        else this.#buckets.mark(granularity, start);
      }
    }
  }

  /** Brings every bucket's values and exactness up to date. */
  #refresh(): void {
    const coverage = this.coverage;
    this.#proof.look(
      (start) => void this.#dirtyMinutes.add(start),
      (granularity, start) => this.#markLarger(granularity, start),
    );
    if (coverage.coveredFrom !== this.#knownCoveredFrom) this.#markAll();
    this.#knownCoveredFrom = coverage.coveredFrom;
    for (const start of this.#dirtyMinutes) {
      const bucket = this.#buckets.get("ONE_MINUTE", start);
      if (bucket === null) continue;
      this.#refreshMinute(bucket);
      this.#touch("ONE_MINUTE", bucket);
      this.#buckets.markParents(start, "ONE_MINUTE");
    }
    this.#dirtyMinutes.clear();
    this.#buckets.refresh(
      coverage,
      (values, start, end) => this.#proof.isUnbroken(values, start, end),
      (granularity, bucket) => this.#touch(granularity, bucket),
    );
  }

  #touch(granularity: Granularity, bucket: Bucket): void {
    if (this.#isClosed(granularity, bucket)) {
      this.#unpublished.set(bucket, granularity);
      this.#closedDirty = true;
      this.#proof.settleLarger(granularity, bucket);
    } else this.#liveDirty = true;
  }

  #markAll(): void {
    for (const granularity of GRANULARITIES) {
      for (const { start } of this.#buckets.of(granularity)) {
        if (granularity === "ONE_MINUTE") this.#dirtyMinutes.add(start);
        else this.#buckets.mark(granularity, start);
      }
    }
  }

  #refreshMinute(bucket: Bucket): void {
    const { merge } = bucket;
    if (merge === null) {
      bucket.values = bucket.given;
      return;
    }
    const closed = this.#isClosed("ONE_MINUTE", bucket);
    if (bucket.partial && this.#proof.isWhole(bucket, closed)) bucket.partial = false;
    bucket.values = bucket.partial ? bucket.given : { ...merge };
    if (closed && !bucket.exact) this.#proof.settleMinute(bucket);
  }

  /** The first start of a granularity that is kept in memory. */
  #oldestHeld(granularity: Granularity): number {
    if (GRANULARITY_SECONDS[granularity] < GRANULARITY_SECONDS.ONE_HOUR) return this.#heldFrom;
    return this.#heldFrom - this.#heldFrom % GRANULARITY_SECONDS.ONE_DAY;
  }

  #holdFrom(heldFrom: number): void {
    if (heldFrom <= this.#heldFrom) return;
    if (this.#heldFrom === -Infinity) this.#firstHeldFrom = heldFrom;
    this.#heldFrom = heldFrom;
    this.#proof.forgetBefore(heldFrom, (granularity) => this.#oldestHeld(granularity));
    if (this.#running !== null && this.#running.start < heldFrom) this.#running = null;
  }

  /**
   * What is older than the hour before is let go, and that hour too once it is final; a minute whose following trade has
   * not come yet never is.
   */
  #forget(): void {
    const run = this.#ids.newest;
    if (run === null) return;
    const hour = containingStart(this.#closedThrough as EpochSeconds, "ONE_HOUR");
    const latest = Math.min(hour, bucketStart(run.toTimeMs, "ONE_HOUR"));
    if (latest <= this.#heldFrom) return;
    // Ids that run on from before it leave no trade of it to come.
    const isFinal = run.fromTimeMs < this.#heldFrom * 1000 &&
      this.#buckets.isFinal(this.#heldFrom, latest);
    const heldFrom = isFinal ? latest : Math.min(latest, heldFromAt(hour));
    if (heldFrom <= this.#heldFrom) return;
    this.#holdFrom(heldFrom);
    this.#buckets.forgetBefore(heldFrom as EpochSeconds);
  }
}

function heldFromAt(start: EpochSeconds): EpochSeconds {
  return containingStart(start, "ONE_HOUR") - HELD_SECONDS as EpochSeconds;
}
