import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { listen } from "../lib/browser/page_stream.ts";
import { readQuote } from "../lib/browser/quote.ts";
import type { MarketCounts } from "../components/live_rows.ts";
import { LiveRows } from "../components/live_rows.ts";

/** The counts the page was made with, and the stream that keeps them and the table live. */
export interface MarketPulseProps {
  readonly total: number;
  readonly counts: MarketCounts;
  readonly stream: string;
}

/** The market in one line. It also keeps the rows of the page's table live, which it does not render. */
export default function MarketPulse({ total, counts, stream }: MarketPulseProps) {
  const now = useSignal(counts);

  useEffect(() => {
    const element = document.querySelector<HTMLTableElement>("table.market");
    if (element === null) return;
    const rows = new LiveRows(element, (next) => now.value = next);
    const stop = listen(stream, {
      candle(text) {
        const quote = readQuote(text);
        if (quote !== null) rows.take(quote);
      },
    });
    return () => {
      stop();
      rows.close();
    };
  }, []);

  return (
    <p>
      {total} {total === 1 ? "product" : "products"}, <span class="up">{now.value.up} up</span>,
      {" "}
      <span class="down">{now.value.down} down</span> over 24 hours
    </p>
  );
}
