import type { Candle } from "../../lib/candles/candle.ts";
import { Icon } from "../site/Icon.tsx";

/**
 * How certain a candle is. `exact`: proven to hold every trade, final. `live`: still changing. `proving`: closed, its
 * trades are being proven. `exchange`: the exchange's own candle, until its trades are fetched.
 */
export type ExactnessState = "exact" | "live" | "proving" | "exchange";

export function exactnessOf(
  candle: Pick<Candle, "exact" | "isComplete" | "trades">,
): ExactnessState {
  if (candle.exact) return "exact";
  if (candle.trades === null) return "exchange";
  return candle.isComplete ? "proving" : "live";
}

const LOOK = {
  exact: {
    icon: "M3 8.5 6.5 12 13 4.5",
    word: "Exact",
    title: "Holds every trade, proven on both sides; final",
  },
  live: { icon: "M1 8h3l2-5 4 10 2-5h3", word: "Live", title: "Still changing" },
  proving: {
    icon: "M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2zM8 4.8V8l2.2 1.4",
    word: "Being proven",
    title: "Over; its trades are being proven complete",
  },
  exchange: {
    icon: "M2.5 6.5c2-2.5 4-2 5.5-.5s3.5 2 5.5-.5M2.5 11c2-2.5 4-2 5.5-.5s3.5 2 5.5-.5",
    word: "Exchange’s",
    title: "From the exchange’s own candles, until its trades are obtained",
  },
} as const;

/** The exactness as an icon and a word. */
export function Exactness({ candle }: { candle: Pick<Candle, "exact" | "isComplete" | "trades"> }) {
  const state = exactnessOf(candle);
  const { icon, word, title } = LOOK[state];
  return (
    <span class="exactness" data-state={state} title={title}>
      <Icon path={icon} />
      {word}
    </span>
  );
}
