import { bucketStart, type EpochSeconds, epochSeconds } from "../candles/granularity.ts";
import type { IdGap } from "../candles/id_intervals.ts";
import { addTrade, beginMinute, type MinuteMerge } from "../candles/minute.ts";
import type { Trade } from "../candles/trade.ts";

/** Where a run begins that is to be extended downwards. */
export interface RunStart {
  /**
   * A trade that the run holds, the first one of the minute that starts at `at`; null: none is known, so the run begins
   * with what a page shows up to that minute's end, which is long over.
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
 * What a page did for a run. `extended`: `proven` is what that completed, if anything; `gap` are trades of one second
 * that no page shows whole: the run began again below them. `hidden`: the page does not show the trade that it has to
 * join, or nothing older; the same page is next.
 */
export type RunStep =
  | {
    readonly kind: "extended";
    readonly proven: ProvenMinutes | null;
    readonly gap: IdGap | null;
  }
  | { readonly kind: "hidden" };

/** How far a trade's time may run against the order of ids: a minute is whole once the run reaches so far below it. */
const JITTER_MS = 1000;
const HIDDEN: RunStep = { kind: "hidden" };
const NEXT: RunStep = { kind: "extended", proven: null, gap: null };

/**
 * A run of trades that pages extend downwards. Trades which a page shows side by side are neighbours, so a page proves
 * what it shows, however long it is: the trades are the minutes. Reads no clock and requests nothing: `end` says which
 * page is next, `take` what it was good for.
 */
export class TradeRun {
  #until: EpochSeconds;
  #end: number;
  /** The oldest trade of the run; its time is not known before a page has shown it. Null before the first page. */
  #lowest: { readonly tradeId: number; readonly timeMs: number | null } | null;
  /** Pages below the second of the oldest trade were requested, since one that ends with it brought nothing older. */
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

  /** Minutes that start here or later are built, or none of the run's. */
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

  /** The first trade of the run is further down in its minute. */
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
    // The rest of its minute may be missing, and if nothing is, so is what would prove its end.
    this.#until = bucketStart(newest.timeMs, "ONE_MINUTE");
    return { kind: "extended", proven: this.#add(older), gap };
  }

  /** Takes trades that come right before the run's oldest, and gives what is whole by that. */
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
    // Of the second at its end a page shows the first instant only.
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
