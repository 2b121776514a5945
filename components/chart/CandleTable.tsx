import { countText } from "../site/count_text.ts";
import type { Candle } from "../../lib/candles/candle.ts";
import { compactAmount } from "../site/amount.ts";
import { Exactness } from "./Exactness.tsx";
import { priceText } from "../site/price.ts";
import { isoText, startText } from "../site/utc_time.ts";
import { vwap } from "./vwap.ts";

/** Candles as a table, newest first, every digit shown. */
export function CandleTable(
  { candles, digits, labelledBy }: {
    candles: readonly Candle[];
    digits: number;
    labelledBy: string;
  },
) {
  return (
    <table class="candle-table" aria-labelledby={labelledBy}>
      <thead>
        <tr>
          {["Start (UTC)", "Open", "High", "Low", "Close", "Volume", "VWAP", "Trades", "Exactness"]
            .map((title) => <th key={title} scope="col">{title}</th>)}
        </tr>
      </thead>
      <tbody>
        {candles.toReversed().map((candle) => (
          <CandleTableRow key={candle.start} candle={candle} digits={digits} />
        ))}
      </tbody>
    </table>
  );
}

function CandleTableRow({ candle, digits }: { candle: Candle; digits: number }) {
  const average = vwap(candle.quoteVolume, candle.volume, digits);
  return (
    <tr>
      <th scope="row">
        <time datetime={isoText(candle.start)}>{startText(candle.start, candle.granularity)}</time>
      </th>
      <td>{priceText(candle.open, digits)}</td>
      <td>{priceText(candle.high, digits)}</td>
      <td>{priceText(candle.low, digits)}</td>
      <td>{priceText(candle.close, digits)}</td>
      <td title={priceText(candle.volume, 0)}>{compactAmount(candle.volume)}</td>
      <td>{average === null ? "–" : priceText(average, digits)}</td>
      <td>{candle.trades === null ? "–" : countText(candle.trades)}</td>
      <td>
        <Exactness candle={candle} />
      </td>
    </tr>
  );
}
