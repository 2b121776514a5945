import type { Candle } from "../candles/candle.ts";
import type { Granularity } from "../candles/granularity.ts";
import { decodeCandle } from "../candles/wire.ts";

/** One page of history, ascending by start, and the URL of the next older one. */
export interface HistoryPage {
  readonly candles: readonly Candle[];
  /** The URL of the next older page; null when there is none. */
  readonly next: string | null;
}

/** A fetched page, and the id from which a stream continues without a gap; null if the server sends none. */
export interface FetchedPage extends HistoryPage {
  readonly position: string | null;
}

/** The server does not know or understand the request, so that retrying makes no sense. The message is for people. */
export class PageRefusal extends Error {
  override readonly name = "PageRefusal";
}

/**
 * Fetches a page of `/api/candles`. Rejects when the server does not answer with one. Candles of a multiple are read
 * with the granularity `as`, that of its parts.
 */
export async function fetchCandlePage(
  url: string,
  signal: AbortSignal,
  as?: Granularity,
): Promise<FetchedPage> {
  const answer = await fetch(url, { signal });
  if (answer.status === 400 || answer.status === 404) {
    const { title, detail } = await answer.json().catch(() => ({}));
    if (typeof title === "string") {
      throw new PageRefusal(typeof detail === "string" ? detail : title);
    }
  }
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
  const position = answer.headers.get("last-event-id");
  const text = await answer.text();
  const named = as === undefined ? text : text.replace(GRANULARITY, `"granularity":"${as}"`);
  return { ...readHistoryPage(named), position };
}

const GRANULARITY = /"granularity":"\w+"/g;

// Candles are flat objects, so each can be cut out and read by the exact decoder; `JSON.parse` would
// send their numbers through floats.
const FLAT_OBJECT = /\{[^{}]*\}/g;

/** Reads the text of an answer of `/api/candles`, digits kept exactly. */
export function readHistoryPage(text: string): HistoryPage {
  const end = text.lastIndexOf("]");
  const list = text.slice(text.indexOf("["), end + 1);
  const candles = (list.match(FLAT_OBJECT) ?? []).flatMap((object) => decodeCandle(object) ?? []);
  const next = /"next"\s*:\s*("(?:[^"\\]|\\.)*"|null)/.exec(text.slice(end + 1))?.[1];
  const url: unknown = next === undefined ? null : JSON.parse(next);
  return { candles, next: typeof url === "string" ? url : null };
}
