import type { Candle } from "../lib/candles/candle.ts";
import { Icon } from "./Icon.tsx";

/**
 * How sure a candle is. `exact`: proven to hold every trade, final. `live`: still changing. `proving`:
 * over, its trades being proven. `exchange`: from the exchange's own candles until its trades are had.
 */
export type ExactnessState = "exact" | "live" | "proving" | "exchange";

/** A candle's exactness. */
export function exactnessOf(
  candle: Pick<Candle, "exact" | "isComplete" | "trades">,
): ExactnessState {
  if (candle.exact) return "exact";
  if (candle.trades === null) return "exchange";
  return candle.isComplete ? "proving" : "live";
}

const LOOK = {
  exact: { icon: "check", word: "Exact", title: "Holds every trade, proven on both sides; final" },
  live: { icon: "pulse", word: "Live", title: "Still changing" },
  proving: {
    icon: "clock",
    word: "Being proven",
    title: "Over; its trades are being proven complete",
  },
  exchange: {
    icon: "approximate",
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
      <Icon name={icon} />
      {word}
    </span>
  );
}
