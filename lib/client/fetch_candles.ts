import type { Candle } from "../../static/client.d.ts";
import type { Frame } from "./candle_order.ts";
import { fetchSoon } from "./fetch_soon.ts";

/** Most pages, of a thousand candles each, that are read; older candles are not fetched. */
const MAX_PAGES = 20;

// Candles are flat objects: each is cut out as it was sent, with every digit.
const CANDLE = /\{[^{}]*\}/g;

/** The candles since one of them, itself included, ascending. Rejects if the server does not answer with them. */
export async function fetchCandles(
  server: string,
  { product_id, granularity, timestamp }: Candle,
  signal: AbortSignal,
): Promise<Frame[]> {
  const frames: Frame[] = [];
  let path: string | null =
    `/api/candles?product=${product_id}&granularity=${granularity}&start=${timestamp}&limit=1000`;
  const stop = new AbortController();
  const abort = () => stop.abort();
  signal.addEventListener("abort", abort);
  try {
    for (let page = 0; path !== null && page < MAX_PAGES; page++) {
      const answer: Response = await fetchSoon(server + path, stop);
      if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
      const text = await answer.text();
      const end = text.lastIndexOf("]");
      const list = text.slice(text.indexOf("[") + 1, end).match(CANDLE) ?? [];
      frames.unshift(...list.map((json): Frame => ({ candle: JSON.parse(json), json })));
      path = JSON.parse(`{"candles":[${text.slice(end)}`).next;
    }
    return frames;
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
