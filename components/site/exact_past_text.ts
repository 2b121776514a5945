import type { EpochSeconds } from "../../lib/candles/granularity.ts";
import type { ExactPast } from "../../lib/history/exact_pasts.ts";
import { axisText, startText } from "./utc_time.ts";

/** The state of candles older than the exact past. */
const OLDER: Readonly<Record<ExactPast["state"], string>> = {
  whole: "",
  growing: " Older ones are being rebuilt from their trades, so it will reach further back.",
  waiting: " Older ones are the exchange’s own until their trades are obtained.",
};

/** Explains an exact past: since when candles are exact, and the state of older ones. */
export function exactPastText({ since, state }: ExactPast): string {
  if (since === null) {
    return "Nothing is proven yet: the trades of its newest candles are being obtained.";
  }
  return `Every candle from ${
    startText(since, "ONE_MINUTE")
  } UTC on holds every trade of its time, ` +
    `proven by the exchange’s trade numbers, and never changes.${OLDER[state]}`;
}

const STATE: Readonly<Record<ExactPast["state"], string>> = {
  whole: "",
  growing: ", and growing",
  waiting: "; older ones wait",
};

/** The same in few words. */
export function exactSinceText({ since, state }: ExactPast): string {
  if (since === null) return "Not exact yet";
  return `Exact since ${startText(since, "ONE_MINUTE")} UTC${STATE[state]}`;
}

/** The moment alone, without the year: `7 Apr 14:30`, and `7 Apr` where it is a day's beginning. */
export function shortSince(since: EpochSeconds): string {
  return axisText(since, since % 86_400 === 0 ? "ONE_DAY" : "ONE_MINUTE");
}
