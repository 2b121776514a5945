import type { IndicatorValues } from "./indicator_drawing.ts";
import { plainPriceText } from "../site/plain_price.ts";

/** The indicators' values at the candle that the legend describes, each in its line's colour. */
export function Studies(
  { indicators, digits }: { indicators: readonly IndicatorValues[]; digits: number },
) {
  if (indicators.length === 0) return null;
  return (
    <div class="studies">
      {indicators.map(({ title, color, values, isPrice }) => (
        <span key={title}>
          <i style={{ background: color }} />
          {title}
          {values.map((value, index) => <b key={index}>{valueText(value, isPrice, digits)}</b>)}
        </span>
      ))}
    </div>
  );
}

function valueText(value: number | null, isPrice: boolean, digits: number): string {
  if (value === null) return "–";
  const size = Math.abs(value);
  const shown = isPrice ? digits : size >= 1 || size === 0 ? 2 : Math.min(12, digits + 2);
  return plainPriceText(value.toFixed(shown), shown);
}
