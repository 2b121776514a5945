import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { changeSince } from "../components/change.ts";
import { withCurrency } from "../components/plain_price.ts";
import { priceText } from "../components/price.ts";
import { listen } from "../lib/browser/page_stream.ts";
import type { Candle } from "../lib/candles/candle.ts";
import { supersedes } from "../lib/candles/candle.ts";
import { compare, parseDecimal, toNumber } from "../lib/candles/decimal.ts";
import type { ProductId } from "../lib/candles/product.ts";
import { decodeCandle } from "../lib/candles/wire.ts";

export interface LiveQuoteProps {
  readonly productId: ProductId;
  readonly currency: string;
  /** Fraction digits of a price. */
  readonly digits: number;
  /** The newest price in plain notation; null if there is none. */
  readonly price: string | null;
  /** The price 24 hours ago; null if unknown. */
  readonly reference: number | null;
  readonly stream: string;
}

/** Least time between two changes of the tab's title. */
const TITLE_MS = 1000;

/** The price and its change, live; the tab's title says the price too, for when it is in the background. */
export default function LiveQuote(props: LiveQuoteProps) {
  const { productId, currency, digits, reference } = props;
  const price = useSignal(parseDecimal(props.price));
  const tick = useSignal("");

  useEffect(() => {
    let newest: Candle | null = null;
    let beat = 0;
    let titling: ReturnType<typeof setTimeout> | undefined;
    const pageTitle = document.title;
    const title = () => {
      titling = undefined;
      if (newest !== null) document.title = `${priceText(newest.close, digits)} ${pageTitle}`;
    };
    const stop = listen(props.stream, {
      candle(text) {
        const candle = decodeCandle(text);
        if (candle === null || candle.productId !== productId) return;
        if (newest !== null && !supersedes(candle, newest)) return;
        const moved = newest === null ? 0 : compare(candle.close, newest.close);
        newest = candle;
        price.value = candle.close;
        if (moved !== 0) tick.value = `${moved > 0 ? "up" : "down"}${beat++ % 2}`;
        titling ??= setTimeout(title, TITLE_MS);
      },
    });
    return () => {
      stop();
      clearTimeout(titling);
    };
  }, []);

  const change = price.value === null ? null : changeSince(reference, toNumber(price.value));
  return (
    <p class="quote">
      <strong data-tick={tick}>
        {price.value === null ? "–" : withCurrency(priceText(price.value, digits), currency)}
      </strong>
      {change !== null && <span class={change.direction}>{change.text}</span>}
    </p>
  );
}
