import type { Candle } from "../../../lib/candles/candle.ts";
import { compactAmount } from "../../site/amount.ts";
import { zonedStartText } from "../../chart/chart_time.ts";
import type { ChartZone } from "../../chart/chart_view.ts";
import { studyText, type StudyValues } from "../../chart/study_values.ts";
import { priceText } from "../../site/price.ts";

/** A candle and the indicators at it in words and digits, as elements. Browser only. */
export function legendParts(
  candle: Candle,
  studies: readonly StudyValues[],
  digits: number,
  zone: ChartZone,
): readonly HTMLElement[] {
  const time = zonedStartText(candle.start, candle.granularity, zone);
  return [
    part(zone === "utc" ? `${time} UTC` : time),
    ...(["open", "high", "low", "close"] as const).map((name) =>
      part(name.charAt(0).toUpperCase(), priceText(candle[name], digits))
    ),
    part("Vol", compactAmount(candle.volume)),
    ...studies.map(({ title, values, unit, pane }) => {
      // An indicator of many lines begins with the one that it is known by.
      const shown = values.slice(0, 3).map(({ value }) =>
        studyText(value, unit, digits, pane === null)
      );
      return part(title, shown.join(" "));
    }),
  ];
}

function part(name: string, value?: string): HTMLElement {
  const element = document.createElement("span");
  element.append(name);
  if (value !== undefined) {
    const bold = document.createElement("b");
    bold.textContent = value;
    element.append(" ", bold);
  }
  return element;
}
