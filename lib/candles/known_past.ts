import type { Candle } from "./candle.ts";
import { bucketEnd, bucketStart, type EpochSeconds, GRANULARITY_SECONDS } from "./granularity.ts";
import type { HeldWindow } from "./held_window.ts";
import type { IdIntervals } from "./id_intervals.ts";
import { resumeMinute } from "./minute.ts";
import type { Trade } from "./trade.ts";

/** A trade known by its id alone to precede everything that is proven. */
export interface Anchor {
  readonly tradeId: number;
  /**
   * The start of a minute that is later than the trade; everything from there on is rebuilt if
   * necessary.
   */
  readonly before: EpochSeconds;
  /**
   * The trades before it will be fetched as far back as memory reaches: then the anchor, like what
   * was stored, counts only where it is older than that.
   */
  readonly yields?: boolean;
}

/**
 * What is known of a product's trades before those in memory: from stored candles, from an anchor, and from single
 * trades that are older than what is held. Owned by the aggregator, whose ids it adds to.
 */
export class KnownPast {
  #storedFrom = Infinity;
  #anchor: Anchor | null = null;
  #anchorIsDue = false;
  #bareId: number | null = null;

  constructor(private readonly ids: IdIntervals, private readonly held: HeldWindow) {}

  /** The oldest id that was added without its trade, which may never have existed; null if there is none. */
  get bareId(): number | null {
    return this.#bareId;
  }

  /** Buckets that start here or later are wholly built from trades, gaps apart; possibly infinite. */
  get tradesFrom(): number {
    const oldest = this.ids.oldest;
    const anchored = oldest === null ? Infinity : bucketStart(oldest.fromTimeMs, "ONE_MINUTE") + 60;
    return Math.min(Math.max(anchored, this.held.firstFrom), this.#storedFrom);
  }

  /**
   * `storedFrom` and `anchor` as in `ProductAggregator.restore`; the candles' ids must have been
   * added already.
   */
  restore(storedFrom: EpochSeconds | null, anchor: Anchor | null): void {
    if (this.#isYielding(anchor)) return;
    if (storedFrom !== null) this.#storedFrom = storedFrom;
    // This aggregator does not look for trades older than the minutes held.
    if (anchor === null || anchor.before < this.held.from) return;
    this.#anchor = anchor;
    this.#anchorIsDue = true;
    if (this.ids.newest !== null) this.settleAnchor();
  }

  /**
   * Candles that start at `from` or later are all known now, those not in memory in the database. `tradeId`: the last
   * trade before them.
   */
  extend(from: EpochSeconds, tradeId: number): void {
    this.#storedFrom = Math.min(this.#storedFrom, from);
    this.#bareId = tradeId;
  }

  /**
   * Adds the anchor's id once there is another id: alone it does not show how far the product's
   * trades reach.
   */
  settleAnchor(): void {
    if (this.#anchor === null || !this.#anchorIsDue) return;
    const { tradeId, before } = this.#anchor;
    this.#anchorIsDue = false;
    this.#bareId = tradeId;
    // Its exact time is unknown, and a search for it goes no further back than its id.
    const toTimeMs = (before - GRANULARITY_SECONDS.ONE_DAY) * 1000;
    this.ids.addRun({ from: tradeId, to: tradeId, fromTimeMs: before * 1000 - 1, toTimeMs });
  }

  #isYielding(anchor: Anchor | null): boolean {
    return anchor?.yields === true && this.held.isKnown && anchor.before > this.held.from;
  }

  /**
   * Whether a minute is older than memory, or incomplete whatever its ids are; only the ids of its
   * trades are used. Call it before a trade's id is inserted, and once the window held in memory is
   * known.
   */
  holds(start: EpochSeconds): boolean {
    if (this.#anchorIsDue && this.#isYielding(this.#anchor)) {
      // Before the first trade: trades of minutes that are held count in full, whatever `restore`
      // was given.
      this.#anchor = null;
      this.#anchorIsDue = false;
      this.#storedFrom = Infinity;
    }
    return start < this.held.from || start < (this.#anchor?.before ?? -Infinity);
  }

  /** The outcome for a trade of such a minute. */
  take({ tradeId, timeMs }: Trade): "before" | "duplicate" | "late" | "misplaced" {
    if (this.#anchor !== null && tradeId <= this.#anchor.tradeId) return "before";
    const oldest = this.ids.oldest;
    if (this.ids.containing(tradeId) !== null) return "duplicate";
    if (oldest !== null && tradeId > oldest.from) {
      if (timeMs >= this.tradesFrom * 1000) return "late";
    } else if (oldest !== null) {
      // One trade before what is held is proof enough.
      if (oldest.fromTimeMs < this.held.from * 1000) return "before";
      // Nothing was built of what is older than memory by now.
      this.held.beginHere();
    }
    return this.ids.insert(tradeId, timeMs) === "misplaced" ? "misplaced" : "before";
  }

  /** Minutes show which trades are known; so do exact hours whose minutes are no longer held. */
  adoptIds(candle: Candle): void {
    const { granularity, firstTradeId, lastTradeId, start, exact } = candle;
    if (firstTradeId === null || lastTradeId === null) return;
    // Their exact times are not stored, so a gap before or after them is taken to be as long as it
    // can be.
    const times = {
      fromTimeMs: bucketEnd(start, granularity) * 1000 - 1,
      toTimeMs: start * 1000,
    };
    if (granularity === "ONE_MINUTE" && start < this.held.from) {
      // Where nothing is rebuilt, the last trade suffices to detect missing trades after it.
      this.ids.addRun({ from: lastTradeId, to: lastTradeId, ...times });
    }
    // An exact hour does not prove minutes that are in memory: some may have been lost since.
    const isOldHour = granularity === "ONE_HOUR" && exact && start < this.held.from;
    if (granularity !== "ONE_MINUTE" && !isOldHour) return;
    // All ids inside an exact candle are accounted for, though some may never have existed;
    // otherwise only the count shows that.
    if (!exact && resumeMinute(candle) === null) return;
    this.ids.addRun({ from: firstTradeId, to: lastTradeId, ...times });
  }
}
