/**
 * What a page runs that follows a stream with one of the clients that there are: `?client=…&stream=…`. It posts the id
 * of each candle to `/heard`.
 */
import { followCandles } from "../../lib/client/follow_candles.ts";
import { fetchEventSource } from "@microsoft/fetch-event-source";

const CLIENTS: Readonly<Record<string, (url: string) => void>> = {
  EventSource(url) {
    new EventSource(url).addEventListener("candle", ({ lastEventId }) => report(lastEventId));
  },
  followCandles(url) {
    followCandles({
      server: new URL(url).origin,
      products: ["BTC-USD"],
      granularities: ["ONE_MINUTE"],
      onCandle: ({ is_complete, timestamp }) => is_complete && report(`${timestamp}`),
    });
  },
  "fetch-event-source"(url) {
    void fetchEventSource(url, {
      onmessage: ({ event, id }) => void (event === "candle" && report(id)),
    });
  },
};

let reporting = Promise.resolve();

/** One after the other, so that they arrive in order. */
function report(id: string): void {
  reporting = reporting.then(async () => {
    await fetch("/heard", { method: "POST", body: id });
  });
}

const query = new URLSearchParams(location.search);
CLIENTS[query.get("client") ?? ""]?.(query.get("stream") ?? "");
