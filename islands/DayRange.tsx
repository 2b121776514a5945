import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { plainPriceText, withCurrency } from "../components/site/plain_price.ts";
import { readExtremes } from "../lib/browser/extremes.ts";
import { listen } from "../lib/browser/page_stream.ts";

export interface DayRangeProps {
  readonly currency: string;
  /** Fraction digits of a price. */
  readonly digits: number;
  /** Highest and lowest price of the 24 hours before the page, in plain notation; null if not known. */
  readonly high: string | null;
  readonly low: string | null;
  /** Candles that start before have extremes that are not of the day, or are known; epoch seconds. */
  readonly since: number;
  /** A stream of one product in one granularity. */
  readonly stream: string;
}

/** Highest and lowest price of 24 hours, which a new extreme moves at once. */
export default function DayRange(props: DayRangeProps) {
  const { currency, digits } = props;
  const high = useSignal(props.high);
  const low = useSignal(props.low);

  useEffect(() =>
    listen(props.stream, {
      candle(text) {
        const extremes = readExtremes(text);
        if (extremes === null || extremes.start < props.since) return;
        if (high.value !== null && Number(extremes.high) > Number(high.value)) {
          high.value = extremes.high;
        }
        if (low.value !== null && Number(extremes.low) < Number(low.value)) {
          low.value = extremes.low;
        }
      },
    }), []);

  const figure = (price: string | null) =>
    price === null ? "–" : withCurrency(plainPriceText(price, digits), currency);
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
