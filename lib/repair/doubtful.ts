import type { Candle } from "../candles/candle.ts";
import { bucketEnd, type EpochSeconds } from "../candles/granularity.ts";
import { runsOn } from "../candles/stretch.ts";
import { BackOff } from "../time/back_off.ts";
import type { ProvenMinutes } from "./trade_run.ts";

/** Starts in `from` ≤ … < `until`. */
export type Stretch = Pick<ProvenMinutes, "from" | "until">;

/** Back-off for trades that the exchange does not show. */
const REST_MS = [10_000, 3_600_000] as const;
/** Number of looks that wait for what comes after all that is stored; after that, number of rounds that request it. */
const TOP_WAITS = 30;
const TOP_ROUNDS = 4;

/**
 * A stretch of days that may not be proven, examined from its end backwards, with what was tried so
 * far.
 */
export class Doubtful implements Stretch {
  /** Everything later was examined. */
  leftUntil: EpochSeconds;
  /** Stretches that runs went through or tried, which wait before they are tried again. */
  walked: Stretch[] = [];
  tried: Stretch[] = [];
  /** Minutes that were passed on and are not seen stored yet. */
  readonly built = new Set<EpochSeconds>();
  /**
   * Whether something examined is still not proven; and whether that was so in the last full
   * round.
   */
  isIncomplete = false;
  isUnshown = false;
  /** The trade up to which everything examined last is proven. */
  provenTo: number | null = null;
  readonly #rest = new BackOff(...REST_MS);
  #waits = 0;
  #rounds = 0;

  constructor(readonly from: EpochSeconds, readonly until: EpochSeconds, public dueMs: number) {
    this.leftUntil = until;
  }

  /**
   * What to do about trades that may have come after all that is stored. The next trade, whose minute is about to be
   * stored, will show them, so wait. A product that trades no longer has none: walk from its newest page. If that shows
   * nothing either, leave it, since there is no sign that anything is missing.
   */
  get topStep(): "wait" | "walk" | "leave" {
    if (this.#waits < TOP_WAITS) return "wait";
    return this.#rounds < TOP_ROUNDS ? "walk" : "leave";
  }

  /** Examines all of it again. */
  restart(): void {
    this.leftUntil = this.until;
    this.provenTo = null;
  }

  /** Examines and tries all of it again, with back-off. */
  retry(nowMs: number): void {
    this.restart();
    this.isIncomplete = false;
    this.walked = [];
    this.tried = [];
    this.built.clear();
    this.dueMs = nowMs + this.#rest.nextMs();
  }

  /** Continues at an instant, from where it stopped. */
  wait(dueMs: number): void {
    this.dueMs = dueMs;
  }

  /** The same, because what comes after it is not stored. */
  waitForTop(dueMs: number): void {
    this.#waits++;
    this.wait(dueMs);
  }

  /** Records that something of it cannot be proven now. */
  markIncomplete(): void {
    this.isIncomplete = true;
    this.provenTo = null;
  }

  /**
   * Everything was tried: the rest has trades that the exchange does not show, and is retried with
   * back-off.
   */
  giveUp(nowMs: number): void {
    this.retry(nowMs);
    this.isUnshown = true;
    if (this.topStep === "walk") this.#rounds++;
  }

  /** Whether all minutes that were passed on for a stretch are among these, exact. */
  hasArrived({ from, until }: Stretch, minutes: readonly Candle[]): boolean {
    const exact = new Set(minutes.filter((one) => one.exact).map(({ start }) => start));
    for (const start of this.built) {
      if (start >= from && start < until && !exact.has(start)) return false;
    }
    return true;
  }

  /** Whether runs went through all from an instant to another. */
  wentThrough({ from, until }: Stretch): boolean {
    return this.walked.some((one) => one.from <= from && one.until >= until);
  }

  /** Whether a stretch was tried already, or a part of it. */
  wasTried({ from, until }: Stretch): boolean {
    return this.tried.some((one) => one.from < until && from < one.until);
  }
}

/**
 * Whether it is certain that no trade came between two parts, of which the earlier one is exact.
 */
export function isJoined(walked: readonly Stretch[], earlier: Candle, later: Candle): boolean {
  if (earlier.lastTradeId !== null && later.firstTradeId === earlier.lastTradeId + 1) return true;
  return runsOn(earlier, later) || walked.some((one) => isInside(one, earlier));
}

/** Whether a run covers what is between two parts, or reaches down to the end of the earlier one. */
function isInside(
  { from, until }: Stretch,
  { start, granularity }: Candle,
): boolean {
  const end = bucketEnd(start, granularity);
  return end >= from && end < until;
}
