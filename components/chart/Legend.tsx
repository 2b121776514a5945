import { countText } from "../site/count_text.ts";
import type { Candle } from "../../lib/candles/candle.ts";
import { compare } from "../../lib/candles/decimal.ts";
import { compactAmount } from "../site/amount.ts";
import { Exactness } from "./Exactness.tsx";
import { priceText } from "../site/price.ts";
import { zonedStartText } from "./chart_time.ts";
import type { ChartZone } from "./chart_view.ts";
import { vwap } from "./vwap.ts";

/** One candle in words and digits, over the chart: the one under the crosshair, or the newest. */
export function Legend(
  { candle, digits, zone }: { candle: Candle; digits: number; zone: ChartZone },
) {
  const average = vwap(candle.quoteVolume, candle.volume, digits);
  const side = compare(candle.close, candle.open) >= 0 ? "up" : "down";
  const prices = [["O", candle.open], ["H", candle.high], ["L", candle.low], [
    "C",
    candle.close,
  ]] as const;
  return (
    <div class="legend">
      <span>
        {zonedStartText(candle.start, candle.granularity, zone)}
        {zone === "utc" && " UTC"}
      </span>
      {prices.map(([name, price]) => (
        <span key={name} class={side} data-price={name}>
          {name} <b>{priceText(price, digits)}</b>
        </span>
      ))}
      <span>
        Vol <b>{compactAmount(candle.volume)}</b>
      </span>
      {average !== null && (
        <span>
          VWAP <b>{priceText(average, digits)}</b>
        </span>
      )}
      {candle.trades !== null && (
        <span>
          Trades <b>{countText(candle.trades)}</b>
        </span>
      )}
      <Exactness candle={candle} />
    </div>
  );
}
