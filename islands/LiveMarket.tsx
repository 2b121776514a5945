import { useEffect } from "preact/hooks";
import { LiveRows } from "../components/market/browser/live_rows.ts";
import { chooseRows } from "../components/market/browser/market_choice.ts";
import type { MarketView } from "../components/market/market_view.ts";
import { listen } from "../lib/browser/page_stream.ts";
import { readQuote } from "../lib/browser/quote.ts";

/** The page's view, and the stream that keeps it live. */
export interface LiveMarketProps {
  readonly view: MarketView;
  readonly stream: string;
}

/** Polling can wait until the page has loaded. */
const NEWS_AFTER_MS = 3000;

/**
 * Keeps the dashboard live and filters its rows. Form, counts and rows are rendered by the server: this island writes
 * into them and renders nothing.
 */
export default function LiveMarket({ view, stream }: LiveMarketProps) {
  useEffect(() => {
    const table = document.querySelector<HTMLTableElement>("table.market");
    if (table === null) return;
    const rows = new LiveRows(table, (counts) => {
      for (const side of ["up", "down"] as const) {
        const place = document.querySelector(`#${side}`);
        if (place !== null) place.textContent = `${counts[side]} ${side}`;
      }
    });
    let isFollowing = false;
    const follow = () =>
      import("../components/market/browser/follow_market_news.ts").then(
        ({ followMarketNews }) => followMarketNews(table, rows),
        // The server was away: it is back with the next candle.
        () => isFollowing = false,
      );
    chooseRows(view);
    return listen(stream, {
      candle(text) {
        const quote = readQuote(text);
        if (quote !== null) rows.take(quote);
        if (!isFollowing) setTimeout(follow, NEWS_AFTER_MS);
        isFollowing = true;
      },
    });
  }, []);

  return null;
}
