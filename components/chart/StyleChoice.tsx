import type { ChartStyle } from "./chart_view.ts";
import { CHART_STYLES } from "./chart_view.ts";

const TITLES: Readonly<Record<ChartStyle, string>> = {
  candles: "Candles",
  hollow: "Hollow candles",
  bars: "Bars",
  heikin: "Heikin-Ashi",
  line: "Line",
  area: "Area",
};

/** Chooses how prices are drawn. */
export function StyleChoice(
  { style, onChoose }: { style: ChartStyle; onChoose: (style: ChartStyle) => void },
) {
  return (
    <select
      aria-label="Chart style"
      title="Chart style"
      data-setting="Chart style"
      value={style}
      onChange={(event) => {
        const { value } = event.currentTarget;
        onChoose(CHART_STYLES.find((one) => one === value) ?? style);
      }}
    >
      {CHART_STYLES.map((one) => (
        <option key={one} value={one} selected={one === style}>{TITLES[one]}</option>
      ))}
    </select>
  );
}
