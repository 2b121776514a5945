import type { Candle } from "./candle.ts";
import { bucketEnd, bucketStart, type EpochSeconds, GRANULARITY_SECONDS } from "./granularity.ts";
import type { HeldWindow } from "./held_window.ts";
import type { IdIntervals } from "./id_intervals.ts";
import { resumeMinute } from "./minute.ts";
import type { Trade } from "./trade.ts";

/** A trade that is known to be before all that is proven, by its id alone. */
export interface Anchor {
  readonly tradeId: number;
  /** The start of a minute that it is older than; everything from there on is rebuilt if need be. */
  readonly before: EpochSeconds;
  /**
   * What lies before it will be walked through as far as it is held: then it counts, like all that was said to be stored,
   * only where it is older than that.
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

  constructor(private readonly ids: IdIntervals, private readonly held: HeldWindow) {}

  /** Buckets that start here or later are wholly built from trades, gaps apart; possibly infinite. */
  get tradesFrom(): number {
    const oldest = this.ids.oldest;
    const anchored = oldest === null ? Infinity : bucketStart(oldest.fromTimeMs, "ONE_MINUTE") + 60;
    return Math.min(Math.max(anchored, this.held.firstFrom), this.#storedFrom);
  }

  /** `storedFrom` and `anchor` as in `ProductAggregator.restore`; the candles' ids must be there already. */
  restore(storedFrom: EpochSeconds | null, anchor: Anchor | null): void {
    if (this.#isYielding(anchor)) return;
    if (storedFrom !== null) this.#storedFrom = storedFrom;
    // What is older than the minutes held is not missed here.
    if (anchor === null || anchor.before < this.held.from) return;
    this.#anchor = anchor;
    this.#anchorIsDue = true;
    if (this.ids.newest !== null) this.settleAnchor();
  }

  /** Candles that start at `from` or later are all known now; of what is not held, elsewhere. */
  extend(from: EpochSeconds): void {
    this.#storedFrom = Math.min(this.#storedFrom, from);
  }

  /** The anchor's id counts from when there is another: alone it says nothing of where the product is now. */
  settleAnchor(): void {
    if (this.#anchor === null || !this.#anchorIsDue) return;
    const { tradeId, before } = this.#anchor;
    this.#anchorIsDue = false;
    // Where it was exactly is not known, and looking for it goes no further back than to its id.
    const toTimeMs = (before - GRANULARITY_SECONDS.ONE_DAY) * 1000;
    this.ids.addRun({ from: tradeId, to: tradeId, fromTimeMs: before * 1000 - 1, toTimeMs });
  }

  #isYielding(anchor: Anchor | null): boolean {
    return anchor?.yields === true && this.held.isKnown && anchor.before > this.held.from;
  }

  /**
   * Whether a minute is older than what is held, or not all known whatever its ids say: of its trades only those count.
   * To be asked before a trade's id is inserted, and once it is known what is held.
   */
  holds(start: EpochSeconds): boolean {
    if (this.#anchorIsDue && this.#isYielding(this.#anchor)) {
      // Before the first trade: those of minutes that are held count in full, whatever was said to be stored.
      this.#anchor = null;
      this.#anchorIsDue = false;
      this.#storedFrom = Infinity;
    }
    return start < this.held.from || start < (this.#anchor?.before ?? -Infinity);
  }

  /** What becomes of a trade of such a minute. */
  take({ tradeId, timeMs }: Trade): "before" | "duplicate" | "late" | "misplaced" {
    if (this.#anchor !== null && tradeId <= this.#anchor.tradeId) return "before";
    const oldest = this.ids.oldest;
    if (this.ids.containing(tradeId) !== null) return "duplicate";
    if (oldest !== null && tradeId > oldest.from) {
      if (timeMs >= this.tradesFrom * 1000) return "late";
    } else if (oldest !== null) {
      // One trade before what is held is proof enough.
      if (oldest.fromTimeMs < this.held.from * 1000) return "before";
      // Of what memory has let go of by now, nothing was built.
      this.held.beginHere();
    }
    return this.ids.insert(tradeId, timeMs) === "misplaced" ? "misplaced" : "before";
  }

  /** Minutes tell which trades are known; of hours whose minutes are no longer held, exact ones do. */
  adoptIds(candle: Candle): void {
    const { granularity, firstTradeId, lastTradeId, start, exact } = candle;
    if (firstTradeId === null || lastTradeId === null) return;
    // When exactly they were is not stored: a gap before or after reaches as far as it possibly can.
    const times = {
      fromTimeMs: bucketEnd(start, granularity) * 1000 - 1,
      toTimeMs: start * 1000,
    };
    if (granularity === "ONE_MINUTE" && start < this.held.from) {
      // Of what is not rebuilt here the last trade is enough to miss those after it.
      this.ids.addRun({ from: lastTradeId, to: lastTradeId, ...times });
    }
    // An hour whose minutes are held says nothing of them: some may have been lost since.
    const isOldHour = granularity === "ONE_HOUR" && exact && start < this.held.from;
    if (granularity !== "ONE_MINUTE" && !isOldHour) return;
    // Ids inside an exact candle are proven even where some never existed; other sets only by their count.
    if (!exact && resumeMinute(candle) === null) return;
    this.ids.addRun({ from: firstTradeId, to: lastTradeId, ...times });
  }
}
