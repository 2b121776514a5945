import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { StreamListener } from "../../lib/browser/candle_stream.ts";
import { readExtremes } from "../../lib/browser/extremes.ts";
import { plainPriceText, withCurrency } from "../site/plain_price.ts";
import type { FigureTexts, PastNews } from "./past_news.ts";

export interface ProductFiguresProps {
  readonly baseCurrency: string;
  readonly quoteCurrency: string;
  /** Fraction digits of a price. */
  readonly digits: number;
  readonly figures: FigureTexts;
  /** Candles that start before this have extremes that are older than the day, or known already; epoch seconds. */
  readonly since: number;
  /** Listens to a stream of the product's candles; the server, which renders one moment, has none. */
  listen?(listener: StreamListener): () => void;
  /** Follows changes of stored candles, which are not streamed. */
  followPast?(listener: (news: PastNews) => void): () => void;
}

/** A product's last 24 hours in four figures; a new extreme updates the first two immediately. */
export function ProductFigures(props: ProductFiguresProps) {
  const { baseCurrency, quoteCurrency, digits, listen, followPast } = props;
  const figures = useSignal(props.figures);

  useEffect(() => {
    const stops = [
      listen?.({
        candle(text) {
          const extremes = readExtremes(text);
          if (extremes === null || extremes.start < props.since) return;
          const { high, low } = figures.peek();
          if (high !== null && Number(extremes.high) > Number(high)) {
            figures.value = { ...figures.peek(), high: extremes.high };
          }
          if (low !== null && Number(extremes.low) < Number(low)) {
            figures.value = { ...figures.peek(), low: extremes.low };
          }
        },
      }),
      followPast?.((news) => figures.value = news.figures),
    ];
    return () => stops.forEach((stop) => stop?.());
  }, []);

  const { high, low, volume, quoteVolume } = figures.value;
  const price = (text: string | null) =>
    text === null ? null : withCurrency(plainPriceText(text, digits), quoteCurrency);
  const shown = [
    ["24 h high", price(high)],
    ["24 h low", price(low)],
    [`24 h volume, ${baseCurrency}`, volume],
    [`24 h volume, ${quoteCurrency}`, quoteVolume],
  ] as const;
  return (
    <>
      {shown.map(([name, text]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{text ?? "–"}</dd>
        </div>
      ))}
    </>
  );
}
