import type { CatalogueProduct } from "../../app.ts";
import DayRange from "../../islands/DayRange.tsx";
import { formatDecimal } from "../../lib/candles/decimal.ts";
import { compactAmount } from "../site/amount.ts";
import type { DayFigures } from "./day_figures.ts";
import { withCurrency } from "../site/plain_price.ts";

/** A product's last 24 hours in four figures. */
export function ProductFigures(
  { product, day, digits, since, stream }: {
    product: CatalogueProduct;
    /** Null if not all of the day is known. */
    day: DayFigures | null;
    digits: number;
    /** The start from which on a streamed candle's extremes are of the day, epoch seconds. */
    since: number;
    stream: string;
  },
) {
  const { quoteCurrency, baseCurrency, volume24h, quoteVolume24h } = product;
  return (
    <dl class="figures">
      <DayRange
        currency={quoteCurrency}
        digits={digits}
        high={day === null ? null : formatDecimal(day.high)}
        low={day === null ? null : formatDecimal(day.low)}
        since={since}
        stream={stream}
      />
      <div>
        <dt>24 h volume, {baseCurrency}</dt>
        <dd>{volume24h === null ? "–" : compactAmount(volume24h)}</dd>
      </div>
      <div>
        <dt>24 h volume, {quoteCurrency}</dt>
        <dd>
          {quoteVolume24h === null
            ? "–"
            : withCurrency(compactAmount(quoteVolume24h), quoteCurrency)}
        </dd>
      </div>
    </dl>
  );
}
