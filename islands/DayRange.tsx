import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { withCurrency } from "../components/plain_price.ts";
import { priceText } from "../components/price.ts";
import { listen } from "../lib/browser/page_stream.ts";
import type { Decimal } from "../lib/candles/decimal.ts";
import { compare, parseDecimal } from "../lib/candles/decimal.ts";
import type { ProductId } from "../lib/candles/product.ts";
import { decodeCandle } from "../lib/candles/wire.ts";

export interface DayRangeProps {
  readonly productId: ProductId;
  readonly currency: string;
  /** Fraction digits of a price. */
  readonly digits: number;
  /** Highest and lowest price of the 24 hours before the page, in plain notation; null if not known. */
  readonly high: string | null;
  readonly low: string | null;
  readonly stream: string;
}

/** Highest and lowest price of 24 hours, which a new extreme moves at once. */
export default function DayRange(props: DayRangeProps) {
  const { productId, currency, digits } = props;
  const high = useSignal(parseDecimal(props.high));
  const low = useSignal(parseDecimal(props.low));

  useEffect(() =>
    listen(props.stream, {
      candle(text) {
        const candle = decodeCandle(text);
        if (candle === null || candle.isComplete || candle.productId !== productId) return;
        // The last price is of now; a long candle's extremes may be older than the day.
        const { close } = candle;
        if (high.value !== null && compare(close, high.value) > 0) high.value = close;
        if (low.value !== null && compare(close, low.value) < 0) low.value = close;
      },
    }), []);

  const figure = (price: Decimal | null) =>
    price === null ? "–" : withCurrency(priceText(price, digits), currency);
  return (
    <>
      <div>
        <dt>24 h high</dt>
        <dd>{figure(high.value)}</dd>
      </div>
      <div>
        <dt>24 h low</dt>
        <dd>{figure(low.value)}</dd>
      </div>
    </>
  );
}
