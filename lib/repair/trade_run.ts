import { bucketStart, type EpochSeconds, epochSeconds } from "../candles/granularity.ts";
import type { IdGap } from "../candles/id_intervals.ts";
import { addTrade, beginMinute, type MinuteMerge } from "../candles/minute.ts";
import type { Trade } from "../candles/trade.ts";

/** The beginning of a run that is to be extended backwards. */
export interface RunStart {
  /**
   * A trade of the run, the first one of the minute that starts at `at`; null if none is known, so that the run begins
   * with a page up to that minute's end, which is long over.
   */
  readonly tradeId: number | null;
  readonly at: EpochSeconds;
  /** Minutes that start here or later are not built. */
  readonly until: EpochSeconds;
}

/** All minutes with trades that start in `from` ≤ … < `until`, ascending, each whole and proven on both sides. */
export interface ProvenMinutes {
  readonly from: EpochSeconds;
  readonly until: EpochSeconds;
  readonly minutes: readonly { readonly start: EpochSeconds; readonly values: MinuteMerge }[];
  /** The newest trade before `from`. */
  readonly beforeId: number;
}

/**
 * The effect of a page on a run. `extended`: `proven` has the minutes that it completed, if any; `gap` are trades of
 * one second that no page shows whole, below which the run began again. `hidden`: the page does not show the trade that
 * it must contain, or nothing older; the same page is next.
 */
export type RunStep =
  | {
    readonly kind: "extended";
    readonly proven: ProvenMinutes | null;
    readonly gap: IdGap | null;
  }
  | { readonly kind: "hidden" };

/** How far a trade's time may contradict the order of ids: a minute is whole once the run reaches this far below it. */
const JITTER_MS = 1000;
const HIDDEN: RunStep = { kind: "hidden" };
const NEXT: RunStep = { kind: "extended", proven: null, gap: null };

/**
 * A run of trades that pages extend backwards. Consecutive trades of a page are neighbours, so a page proves what it
 * shows, whatever its length: its trades are all trades of their minutes. Reads no clock and requests nothing: `end`
 * names the next page, and `take` returns what a page proved.
 */
export class TradeRun {
  #until: EpochSeconds;
  #end: number;
  /** The oldest trade of the run; its time is not known before a page has shown it. Null before the first page. */
  #lowest: { readonly tradeId: number; readonly timeMs: number | null } | null;
  /** Number of pages requested below the second of the oldest trade, after one that ends with it had nothing older. */
  #passes = 0;
  readonly #minutes = new Map<EpochSeconds, MinuteMerge>();

  constructor({ tradeId, at, until }: RunStart) {
    this.#until = until;
    this.#end = at + 60;
    this.#lowest = tradeId === null ? null : { tradeId, timeMs: null };
  }

  /** The next page has the newest trades up to this instant (epoch seconds), which is included. */
  get end(): number {
    return this.#end;
  }

  /** Minutes that start here or later are built, or do not belong to the run. */
  get until(): EpochSeconds {
    return this.#until;
  }

  /** Takes the page that was requested, ascending by id. */
  take(trades: readonly Trade[]): RunStep {
    const oldest = trades[0];
    const newest = trades[trades.length - 1];
    if (oldest === undefined || newest === undefined) {
      return this.#passes > 0 ? this.#stay() : HIDDEN;
    }
    if (this.#lowest === null) return { kind: "extended", proven: this.#add(trades), gap: null };
    const { tradeId, timeMs } = this.#lowest;
    if (timeMs === null) {
      if (oldest.tradeId > tradeId) return this.#descend(oldest);
      const first = trades.find((trade) => trade.tradeId === tradeId);
      if (first === undefined) return HIDDEN;
      this.#lowest = first;
    }
    const older = trades.filter((trade) => trade.tradeId < tradeId);
    if (older.length === 0) return this.#pass();
    if (newest.tradeId >= tradeId - 1) {
      return { kind: "extended", proven: this.#add(older), gap: null };
    }
    if (this.#passes === 0) return HIDDEN;
    return this.#beginBelow(newest, older, { tradeId, timeMs: timeMs ?? newest.timeMs });
  }

  /** The first trade of the run is older within its minute. */
  #descend(oldest: Trade): RunStep {
    this.#end = Math.min(Math.floor(oldest.timeMs / 1000) + 1, this.#end - 1);
    return NEXT;
  }

  /** Either nothing is older, or this second has more trades than a page shows. */
  #pass(): RunStep {
    if (this.#passes > 1) return this.#stay();
    this.#end = Math.floor((this.#lowest?.timeMs ?? 0) / 1000) - this.#passes++;
    return NEXT;
  }

  /** The next page is the one that ends with the run's oldest trade again. */
  #stay(): RunStep {
    this.#passes = 0;
    this.#end = Math.floor((this.#lowest?.timeMs ?? 0) / 1000) + 1;
    return HIDDEN;
  }

  #beginBelow(
    newest: Trade,
    older: readonly Trade[],
    lowest: Pick<Trade, "tradeId" | "timeMs">,
  ): RunStep {
    const gap = {
      fromId: newest.tradeId + 1,
      toId: lowest.tradeId - 1,
      fromTimeMs: newest.timeMs,
      toTimeMs: lowest.timeMs,
    };
    this.#minutes.clear();
    // The rest of its minute may be missing, or at least the proof of its end is.
    this.#until = bucketStart(newest.timeMs, "ONE_MINUTE");
    return { kind: "extended", proven: this.#add(older), gap };
  }

  /**
   * Takes trades that come right before the run's oldest; returns the minutes that are whole then.
   */
  #add(older: readonly Trade[]): ProvenMinutes | null {
    for (const trade of older) {
      const start = bucketStart(trade.timeMs, "ONE_MINUTE");
      if (start >= this.#until) continue;
      const minute = this.#minutes.get(start);
      if (minute === undefined) this.#minutes.set(start, beginMinute(trade));
      else addTrade(minute, trade);
    }
    const lowest = older[0];
    if (lowest === undefined) return null;
    this.#lowest = lowest;
    this.#passes = 0;
    // Of the second at its end a page shows only the first instant.
    this.#end = Math.floor(lowest.timeMs / 1000) + 1;
    return this.#takeWhole(bucketStart(lowest.timeMs + JITTER_MS, "ONE_MINUTE") + 60);
  }

  #takeWhole(from: number): ProvenMinutes | null {
    if (from >= this.#until) return null;
    const minutes = [...this.#minutes].filter(([start]) => start >= from)
      .sort(([a], [b]) => a - b).map(([start, values]) => ({ start, values }));
    for (const { start } of minutes) this.#minutes.delete(start);
    const before = [...this.#minutes.values()].map(({ lastTradeId }) => lastTradeId);
    const proven = {
      from: epochSeconds(from),
      until: this.#until,
      minutes,
      beforeId: Math.max(...before),
    };
    this.#until = proven.from;
    return proven;
  }
}
