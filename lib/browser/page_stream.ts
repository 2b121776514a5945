import type { StreamListener } from "./candle_stream.ts";
import { CandleStream } from "./candle_stream.ts";
import { connection } from "./connection.ts";

let pageStream: CandleStream | null = null;

/**
 * Listens to the page's stream at `url`, opening it if this is the first listener. Returns a function that stops
 * listening. A page has one stream, whose state is in `connection`: another URL while one is open is a `TypeError`.
 */
export function listen(url: string, listener: StreamListener): () => void {
  pageStream ??= new CandleStream(url, (now) => connection.value = now);
  const stream = pageStream;
  if (stream.url !== url) throw new TypeError(url);
  stream.add(listener);
  return () => {
    if (stream.remove(listener) && pageStream === stream) pageStream = null;
  };
}
