import type { Candle } from "../candles/candle.ts";
import { bucketEnd, type EpochSeconds } from "../candles/granularity.ts";
import { runsOn } from "../candles/stretch.ts";
import { BackOff } from "../time/back_off.ts";
import type { ProvenMinutes } from "./trade_run.ts";

/** Starts in `from` ≤ … < `until`. */
export type Stretch = Pick<ProvenMinutes, "from" | "until">;

/** Trades that the exchange does not show are looked for so much later, and then ever more rarely. */
const REST_MS = [10_000, 3_600_000] as const;
/** So many looks what comes after all that is stored is waited for; then it is looked for in so many rounds. */
const TOP_WAITS = 30;
const TOP_ROUNDS = 4;

/** A stretch of days that may not be proven, looked at from above, and what was tried about it. */
export class Doubtful implements Stretch {
  /** What is later was looked at. */
  leftUntil: EpochSeconds;
  /** What runs went through; and all that was to be walked, which is not tried again at once. */
  walked: Stretch[] = [];
  tried: Stretch[] = [];
  /** Minutes that were handed over, and have to be stored once that has arrived. */
  readonly built = new Set<EpochSeconds>();
  /** Something of what was looked at is still not proven; and so it was when all of it was looked at last. */
  isTorn = false;
  isUnshown = false;
  /** All that was looked at last is proven, up to this trade. */
  provenTo: number | null = null;
  readonly #rest = new BackOff(...REST_MS);
  #waits = 0;
  #rounds = 0;

  constructor(readonly from: EpochSeconds, readonly until: EpochSeconds, public dueMs: number) {
    this.leftUntil = until;
  }

  /**
   * What to do about trades that may have come after all that is stored: the next one, whose minute is about to be stored,
   * will tell. A product that trades no longer has none: its newest page is requested, and if that does not show what
   * there is either, it is left at that, as nothing says that anything is missing.
   */
  get topStep(): "wait" | "walk" | "leave" {
    if (this.#waits < TOP_WAITS) return "wait";
    return this.#rounds < TOP_ROUNDS ? "walk" : "leave";
  }

  /** All of it is to be looked at again. */
  restart(): void {
    this.leftUntil = this.until;
    this.provenTo = null;
  }

  /** All of it is to be looked at and tried again, later and later. */
  retry(nowMs: number): void {
    this.restart();
    this.isTorn = false;
    this.walked = [];
    this.tried = [];
    this.built.clear();
    this.dueMs = nowMs + this.#rest.nextMs();
  }

  /** It is looked at again at an instant, and from where it was left. */
  wait(dueMs: number): void {
    this.dueMs = dueMs;
  }

  /** The same, since what comes after it is not stored. */
  waitForTop(dueMs: number): void {
    this.#waits++;
    this.wait(dueMs);
  }

  /** Something of it cannot be proven now. */
  tear(): void {
    this.isTorn = true;
    this.provenTo = null;
  }

  /** All was tried: what is not proven has trades that the exchange does not show, and is retried later and later. */
  giveUp(nowMs: number): void {
    this.retry(nowMs);
    this.isUnshown = true;
    if (this.topStep === "walk") this.#rounds++;
  }

  /** Whether all that was handed over of a stretch is among these, exact. */
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

/** Whether it is certain that no trade came between two parts, the earlier one being exact. */
export function isJoined(walked: readonly Stretch[], earlier: Candle, later: Candle): boolean {
  if (earlier.lastTradeId !== null && later.firstTradeId === earlier.lastTradeId + 1) return true;
  return runsOn(earlier, later) || walked.some((one) => isInside(one, earlier));
}

/** Whether a run went from one part to the next: through what is between them, or down to where the earlier one ends. */
function isInside(
  { from, until }: Stretch,
  { start, granularity }: Candle,
): boolean {
  const end = bucketEnd(start, granularity);
  return end >= from && end < until;
}
