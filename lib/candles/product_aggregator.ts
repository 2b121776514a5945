import type { Bucket, Coverage } from "./buckets.ts";
import { Buckets } from "./buckets.ts";
import type { Candle, CandleKey, CandleState } from "./candle.ts";
import { candleKey, candleOf, valuesOf } from "./candle.ts";
import { EventTime } from "./event_time.ts";
import { type Changed, pinCandle, replaceMinute } from "./exchange_candles.ts";
import type { EpochSeconds, Granularity } from "./granularity.ts";
import { bucketEnd, bucketStart, containingStart, GRANULARITIES } from "./granularity.ts";
import { heldBeside, HeldWindow } from "./held_window.ts";
import { type Anchor, KnownPast } from "./known_past.ts";
import type { IdGap, IdInterval } from "./id_intervals.ts";
import { IdIntervals } from "./id_intervals.ts";
import { addTrade, beginMinute, resumeMinute } from "./minute.ts";
import type { ProductId } from "./product.ts";
import { Proof } from "./proof.ts";
import { StaleBuckets } from "./stale_buckets.ts";
import { byEndThenLength, isPublishable, publish } from "./publication.ts";
import type { Trade } from "./trade.ts";

/**
 * The outcome of a trade. `merged`, `duplicate` and `before` (older than memory: it only proves
 * where memory begins) are normal; `late` belongs to a gap whose minutes or ids are no longer
 * held, `misplaced` contradicts the order of ids, and `final` would change an exact candle.
 */
export type MergeOutcome = "merged" | "duplicate" | "before" | "late" | "misplaced" | "final";

/** The exchange's own closed minute, and the exact one that took its place. */
export interface Replaced {
  readonly placeholder: Candle;
  readonly candle: Candle;
}

/** What it means that a trade's id was not new. */
const OUTCOMES = { seen: "duplicate", misplaced: "misplaced", forgotten: "late" } as const;
const NOTHING_REPLACED: readonly Replaced[] = Object.freeze([]);
const LIVE: CandleState = { isComplete: false, exact: false, revision: 0 };
const NONE: readonly Candle[] = Object.freeze([]);

/**
 * One product's trades as candles. Owns that product's trade ids, its buckets in memory and its event time; reads no
 * clock and does no I/O. After any change `takeClosed` gives what has closed or changed since, and `takeLive` the
 * live candles.
 */
export class ProductAggregator {
  readonly productId: ProductId;
  readonly #ids = new IdIntervals();
  readonly #buckets = new Buckets();
  readonly #held = new HeldWindow();
  readonly #past = new KnownPast(this.#ids, this.#held);
  readonly #time: EventTime;
  /** Closed buckets that may differ from what was published. */
  readonly #unpublished = new Map<Bucket, Granularity>();
  readonly #proof = new Proof(this.#ids);
  readonly #stale = new StaleBuckets(
    this.#buckets,
    this.#proof,
    (granularity, bucket) => this.#isClosed(granularity, bucket),
    (granularity, bucket) => this.#touch(granularity, bucket),
  );
  #replaced: Replaced[] = [];
  #closedDirty = false;
  #liveDirty = false;
  #liveMinute: Bucket | null = null;
  #pinnedFrom = Infinity;
  readonly #keys = new Map<Granularity, CandleKey>();

  constructor(productId: ProductId, graceMs: number) {
    this.productId = productId;
    this.#time = new EventTime(graceMs);
  }

  /**
   * The key of its candles of a granularity. Always the same string object, so that its hash is
   * computed once.
   */
  keyOf(granularity: Granularity): CandleKey {
    let key = this.#keys.get(granularity);
    if (key === undefined) {
      key = candleKey(this.productId, granularity);
      this.#keys.set(granularity, key);
    }
    return key;
  }

  /** The run of ids that ends with the newest known trade, or null before the first. */
  get newest(): IdInterval | null {
    return this.#ids.newest;
  }

  /**
   * The run of ids that begins with the oldest known trade: except for gaps, all later trades are
   * known.
   */
  get oldest(): IdInterval | null {
    return this.#ids.oldest;
  }

  /** Whether a trade's id is accounted for. */
  has(tradeId: number): boolean {
    return this.#ids.containing(tradeId) !== null;
  }

  /**
   * The newest known id before `from`, where all trades from `from` on are in memory; null if there
   * is none.
   */
  lastIdBefore(from: EpochSeconds): number | null {
    let firstId = Infinity;
    for (const { start, merge } of this.#buckets.of("ONE_MINUTE")) {
      if (start >= from && merge !== null) firstId = Math.min(firstId, merge.firstTradeId);
    }
    return this.has(firstId - 1) ? firstId - 1 : this.oldest?.from ?? null;
  }

  /** The product's event time, epoch milliseconds; -Infinity before there is any. */
  get timeMs(): number {
    return this.#time.newestMs;
  }

  /** Buckets that end here or earlier are closed; -Infinity before the first close. */
  get closedThrough(): number {
    return this.#time.closedThrough;
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
    const { tradesFrom } = this.#past;
    return {
      tradesFrom,
      coveredFrom: Math.min(tradesFrom, this.#pinnedFrom),
      heldFrom: this.#held.from,
    };
  }

  /** Whether a closed candle holds the newest trade, and nothing proves its end yet. */
  get awaitsEnd(): boolean {
    return this.#proof.awaitsEnd(this.#buckets);
  }

  /**
   * Merges one trade. `movesTime`: it came over the feed and advances the product's event time; a
   * trade from REST fills the past and closes nothing.
   */
  merge(trade: Trade, movesTime: boolean): MergeOutcome {
    const { timeMs, tradeId } = trade;
    let bucket = this.#liveMinute;
    if (bucket === null || timeMs < bucket.start * 1000 || timeMs >= (bucket.start + 60) * 1000) {
      const start = bucketStart(timeMs, "ONE_MINUTE");
      if (!this.#held.isKnown) this.#holdFrom(heldBeside(start));
      if (this.#past.holds(start)) return this.#past.take(trade);
      bucket = this.#buckets.getOrCreate("ONE_MINUTE", start);
    }
    const insertion = this.#ids.insert(tradeId, timeMs);
    if (insertion !== "new") return OUTCOMES[insertion];
    this.#past.settleAnchor();
    if (movesTime) this.#time.advance(timeMs);
    if (bucket.exact) return "final";
    if (bucket.merge === null) {
      bucket.merge = beginMinute(trade);
      bucket.partial ||= bucket.given !== null || this.#ids.oldest?.from === tradeId;
    } else {
      addTrade(bucket.merge, trade);
    }
    this.#liveMinute = bucket;
    this.#liveDirty = true;
    this.#markMinute(bucket.start);
    return "merged";
  }

  /**
   * Before the first trade, sets the newest instant that is expected: memory begins an hour before
   * it.
   */
  begin(newestMs: number): void {
    if (!this.#held.isKnown) this.#holdFrom(heldBeside(bucketStart(newestMs, "ONE_MINUTE")));
  }

  /** Moves the product's event time forward; never back. */
  advance(eventTimeMs: number): void {
    this.#time.advance(eventTimeMs);
  }

  /**
   * Closes the gap between two seen trades that REST showed to be neighbours. False if there is no
   * such gap.
   */
  bridge(beforeId: number, afterId: number): boolean {
    if (this.#ids.bridge(beforeId, afterId)) return true;
    const { bareId } = this;
    // Between neighbours it never existed.
    return bareId !== null && beforeId < bareId && bareId < afterId &&
      this.#ids.bridge(beforeId, bareId);
  }

  /**
   * The id of the last trade before the proven past, if it is known without its trade; it may never have existed. Null
   * if there is none.
   */
  get bareId(): number | null {
    return this.#past.bareId;
  }

  /**
   * REST showed two trades to be neighbours. Where memory begins between them, the earlier one proves the beginning of
   * the later one's minute, though its own minute is proven elsewhere.
   */
  precede(before: Trade, after: Trade): void {
    const edgeMs = this.#held.from * 1000;
    if (before.timeMs >= edgeMs || after.timeMs < edgeMs || !this.has(after.tradeId)) return;
    if (before.tradeId > (this.oldest?.from ?? 0)) {
      this.#ids.insert(before.tradeId, before.timeMs);
    }
  }

  /**
   * Closes a gap whose trades have been stored elsewhere, since their minutes are older than
   * memory.
   */
  account(gap: IdGap): void {
    this.#ids.addRun({
      from: gap.fromId,
      to: gap.toId,
      fromTimeMs: gap.fromTimeMs,
      toTimeMs: gap.toTimeMs,
    });
  }

  /**
   * Except for gaps, the past from trade `tradeId` (the last one before `from`) to the oldest known
   * trade is proven elsewhere, and `adopt` was given its candles of this day. Larger candles may
   * rely on it.
   */
  extendPast(from: EpochSeconds, tradeId: number): void {
    const { oldest, forgotten } = this.#ids;
    if (oldest === null) return;
    // Minutes in memory may lack trades of gaps that were forgotten.
    if (forgotten !== null && forgotten.toTimeMs >= this.#held.from * 1000) return;
    const { from: to, fromTimeMs: toTimeMs } = oldest;
    if (tradeId < to) {
      this.#ids.addRun({ from: tradeId, to, fromTimeMs: from * 1000 - 1, toTimeMs });
    } else if (from >= this.#past.tradesFrom || from > this.#held.from) return;
    this.#past.extend(from, tradeId);
    this.#stale.markAll();
    this.#closedDirty = true;
    this.#liveDirty = true;
  }

  /** Nothing followed trade `tradeId` until `untilMs` (the exchange's time): proves the end of its minute. */
  proveQuiet(tradeId: number, untilMs: number): void {
    this.#proof.proveQuiet(tradeId, untilMs);
  }

  /**
   * Adopts what was stored or published before: `candles` of this product, minutes ascending by
   * start; live ones (from KV) resume if their set of trades is known. `storedFrom`: except for
   * gaps, every candle closed from this instant on is among them, as far back as memory reaches.
   * `anchor`: the trade before that instant, without which missing first trades would go unnoticed.
   * Memory begins an hour before the newest minute. Must be called before the first trade.
   */
  restore(
    candles: readonly Candle[],
    storedFrom: EpochSeconds | null,
    anchor: Anchor | null = null,
  ): void {
    const minutes = candles.filter((candle) => candle.granularity === "ONE_MINUTE");
    const newest = minutes[minutes.length - 1];
    if (newest !== undefined) this.#holdFrom(heldBeside(newest.start));
    for (const candle of candles) {
      this.#past.adoptIds(candle);
      this.adopt(candle);
      if (candle.isComplete) this.#time.restore(bucketEnd(candle.start, candle.granularity));
    }
    this.#past.restore(storedFrom, anchor);
    if (this.#held.isKnown) this.#buckets.forgetBefore(this.#held.from as EpochSeconds);
  }

  /** Adopts one candle that was published elsewhere or earlier: its values, state and revision. */
  adopt(candle: Candle): void {
    const { granularity, start, isComplete, exact, revision } = candle;
    if (granularity !== "ONE_MINUTE" && !isComplete) return;
    if (start < this.#held.oldest(granularity)) return;
    const bucket = this.#buckets.getOrCreate(granularity, start);
    const values = valuesOf(candle);
    if (isComplete) bucket.published = { values, exact, revision };
    bucket.given = values;
    bucket.values = values;
    bucket.exact = exact;
    this.#closedDirty = true;
    if (granularity !== "ONE_MINUTE") {
      this.#stale.mark(granularity, start);
      return;
    }
    bucket.merge = resumeMinute(values);
    if (!isComplete && bucket.merge === null) {
      // Some of its trades are unknown: it is not shown until it is rebuilt from its first trade
      // on.
      bucket.given = bucket.values = null;
      bucket.partial = true;
    }
    this.#liveMinute = bucket;
    this.#markMinute(start);
  }

  /**
   * Publishes a candle again under a higher revision, since this one was published with other
   * content. False if it is no longer in memory.
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
   * Uses the exchange's own closed candles for a stretch without trades: `candles` of this product,
   * not overlapping, cover the time from `from` to where the trades begin. They are never published
   * themselves.
   */
  pin(candles: readonly Candle[], from: EpochSeconds): void {
    for (const candle of candles) {
      this.#markChanged(pinCandle(this.#buckets, this.#held, candle));
    }
    this.#pinnedFrom = Math.min(this.#pinnedFrom, from);
    this.#liveDirty = true;
    this.#closedDirty = true;
  }

  /**
   * Replaces closed minutes whose trades cannot be fetched by the exchange's candles. They are
   * published (not exact, no counts) and stay until their trades are fetched after all. Exact
   * minutes are left alone.
   */
  replaceByExchange(minutes: readonly Candle[]): void {
    for (const minute of minutes) {
      this.#markChanged(replaceMinute(this.#buckets, this.#held, minute));
    }
  }

  /**
   * Exact candles that replaced the exchange's own in `takeClosed`, each with the one it replaced;
   * given once.
   */
  takeReplaced(): readonly Replaced[] {
    if (this.#replaced.length === 0) return NOTHING_REPLACED;
    const replaced = this.#replaced;
    this.#replaced = [];
    return replaced;
  }

  /** Whether `takeClosed` may have something to give. */
  get hasClosed(): boolean {
    return this.#time.closes || this.#closedDirty || this.#proof.hasEvidence;
  }

  /** The closed candles that are new or changed since the last call, in the order they are to be published. */
  takeClosed(): readonly Candle[] {
    if (!this.hasClosed) return NONE;
    const { closes } = this.#time;
    if (closes) this.#close();
    const coverage = this.coverage;
    this.#stale.refresh(coverage);
    this.#closedDirty = false;
    const closed: Candle[] = [];
    for (const [bucket, granularity] of this.#unpublished) {
      const { published } = bucket;
      const candle = publish(this.productId, granularity, bucket, coverage);
      if (candle === null) continue;
      closed.push(candle);
      // A larger candle was merged from minutes, some of which may have lacked trades.
      const isMinute = granularity === "ONE_MINUTE";
      if (isMinute && candle.exact && published !== null && published.values.trades === null) {
        const { values, exact, revision } = published;
        const state = { isComplete: true, exact, revision };
        const placeholder = candleOf(this.productId, granularity, bucket.start, values, state);
        this.#replaced.push({ placeholder, candle });
      }
    }
    this.#unpublished.clear();
    if (closes) this.#forget();
    return closed.length < 2 ? closed : closed.sort(byEndThenLength);
  }

  /** Whether a live candle has changed since `takeLive`. */
  get hasLive(): boolean {
    return this.#liveDirty;
  }

  /** The live candles of every granularity that has one and is covered, smallest first. */
  takeLive(): readonly Candle[] {
    const newest = this.#ids.newest;
    if (!this.#liveDirty || newest === null) return NONE;
    this.#liveDirty = false;
    const coverage = this.coverage;
    this.#stale.refresh(coverage);
    const live: Candle[] = [];
    for (const granularity of GRANULARITIES) {
      const candle = this.#live(granularity, newest.toTimeMs, coverage);
      if (candle !== null) live.push(candle);
    }
    return live;
  }

  /** One granularity's live candle as `takeLive` would give it; null if there is none. */
  live(granularity: Granularity): Candle | null {
    const newest = this.#ids.newest;
    return newest === null ? null : this.#live(granularity, newest.toTimeMs, this.coverage);
  }

  #live(granularity: Granularity, atMs: number, coverage: Coverage): Candle | null {
    const bucket = this.#buckets.get(granularity, bucketStart(atMs, granularity));
    if (bucket === null || bucket.values === null || this.#isClosed(granularity, bucket)) {
      return null;
    }
    if (!isPublishable(granularity, bucket, coverage)) return null;
    return candleOf(this.productId, granularity, bucket.start, bucket.values, LIVE);
  }

  #markChanged(changed: Changed | null): void {
    if (changed === null) return;
    const { granularity, start } = changed;
    if (granularity === "ONE_MINUTE") this.#markMinute(start);
    else this.#stale.mark(granularity, start);
  }

  #markMinute(start: EpochSeconds): void {
    this.#stale.mark("ONE_MINUTE", start);
    if (start + 60 <= this.#time.closedThrough) this.#closedDirty = true;
  }

  #isClosed(granularity: Granularity, bucket: Bucket): boolean {
    return bucketEnd(bucket.start, granularity) <= this.#time.closedThrough;
  }

  #close(): void {
    const closesNow = this.#time.close();
    this.#stale.markThose((granularity, start) => closesNow(bucketEnd(start, granularity)));
  }

  #touch(granularity: Granularity, bucket: Bucket): void {
    if (this.#isClosed(granularity, bucket)) {
      this.#unpublished.set(bucket, granularity);
      this.#closedDirty = true;
    } else this.#liveDirty = true;
  }

  #holdFrom(heldFrom: number): void {
    if (!this.#held.moveTo(heldFrom)) return;
    this.#proof.forgetBefore(heldFrom, (granularity) => this.#held.oldest(granularity));
    if (this.#liveMinute !== null && this.#liveMinute.start < heldFrom) this.#liveMinute = null;
  }

  /**
   * Releases all before the previous hour, and that hour too once it is final; never a minute whose
   * following trade has not come yet.
   */
  #forget(): void {
    const run = this.#ids.newest;
    if (run === null) return;
    const hour = containingStart(this.#time.closedThrough as EpochSeconds, "ONE_HOUR");
    const latest = Math.min(hour, bucketStart(run.toTimeMs, "ONE_HOUR"));
    const { from } = this.#held;
    if (latest <= from) return;
    // Ids that are contiguous from before the hour leave no trade of it to come.
    const isFinal = run.fromTimeMs < from * 1000 && this.#buckets.isFinal(from, latest);
    const heldFrom = isFinal ? latest : Math.min(latest, heldBeside(hour));
    if (heldFrom <= from) return;
    this.#holdFrom(heldFrom);
    this.#buckets.forgetBefore(heldFrom as EpochSeconds);
  }
}
