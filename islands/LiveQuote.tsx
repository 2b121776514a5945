import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { changeSince } from "../components/market/change.ts";
import { plainPriceText, withCurrency } from "../components/site/plain_price.ts";
import { listen } from "../lib/browser/page_stream.ts";
import type { Quote } from "../lib/browser/quote.ts";
import { tintPrice } from "../lib/browser/price_tint.ts";
import { isAtLeast, readQuote } from "../lib/browser/quote.ts";

export interface LiveQuoteProps {
  readonly currency: string;
  /** Fraction digits of a price. */
  readonly digits: number;
  /** The newest price in plain notation; null if there is none. */
  readonly price: string | null;
  /** The price 24 hours ago; null if unknown. */
  readonly reference: number | null;
  /** The start of the newest candle in the page, epoch seconds: older ones that are streamed have no newer price. */
  readonly since: number;
  /** A stream of one product in one granularity. */
  readonly stream: string;
}

/** Least time between two changes of the tab's title. */
const TITLE_MS = 1000;

/**
 * The price and its change, live; the tab's title shows the price too, for when it is in the
 * background.
 */
export default function LiveQuote(props: LiveQuoteProps) {
  const { currency, digits, reference } = props;
  const price = useSignal(props.price);
  const shown = useRef<HTMLElement>(null);

  useEffect(() => {
    let newest: Quote | null = null;
    let titling: ReturnType<typeof setTimeout> | undefined;
    const pageTitle = document.title;
    const title = () => {
      titling = undefined;
      // While an alert is in the title (`announce.ts`), the price is not.
      if (newest === null || document.title.startsWith("●")) return;
      document.title = `${plainPriceText(newest.close, digits)} ${pageTitle}`;
    };
    const stop = listen(props.stream, {
      candle(text) {
        const quote = readQuote(text);
        if (quote === null || quote.start < props.since) return;
        if (newest !== null && !isAtLeast(quote, newest)) return;
        if (newest !== null && shown.current !== null) {
          tintPrice(shown.current, Number(quote.close) - Number(newest.close));
        }
        newest = quote;
        price.value = quote.close;
        titling ??= setTimeout(title, TITLE_MS);
      },
    });
    return () => {
      stop();
      clearTimeout(titling);
    };
  }, []);

  const change = price.value === null ? null : changeSince(reference, Number(price.value));
  return (
    <p class="quote">
      <strong ref={shown}>
        {price.value === null ? "–" : withCurrency(plainPriceText(price.value, digits), currency)}
      </strong>
      {change !== null && <span class={change.direction}>{change.text}</span>}
    </p>
  );
}
