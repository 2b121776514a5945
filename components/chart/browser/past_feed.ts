import { NewsPoll, requestNews } from "../../../lib/browser/news_poll.ts";
import type { PastNews } from "../past_news.ts";

/** Called with the current state of a product's past, and its state at the last call. */
export type PastListener = (news: PastNews, before: PastNews) => void;

const EVERY_MS = { leastMs: 4_000, mostMs: 60_000 } as const;
/** A past that is whole and has not changed for this long is no longer requested. */
const END_AFTER_MS = 300_000;

/**
 * Polls for changes of a product's stored candles, which are not streamed, and passes them to any
 * number of listeners, each with what it had before. Its owner closes it.
 */
export class PastFeed {
  readonly #listeners = new Map<PastListener, PastNews>();
  readonly #poll: NewsPoll<PastNews>;
  #news: PastNews;

  /** `first`: as of the page's making. */
  constructor(url: string, first: PastNews) {
    this.#news = first;
    this.#poll = new NewsPoll<PastNews>({
      ...EVERY_MS,
      endAfterMs: END_AFTER_MS,
      request: (signal) => requestNews(url, signal),
      take: (news) => {
        this.#take(news);
        return false;
      },
    });
  }

  /** Returns a function that stops this. */
  follow = (listener: PastListener): () => void => {
    this.#listeners.set(listener, this.#news);
    return () => this.#listeners.delete(listener);
  };

  close(): void {
    this.#poll.close();
  }

  #take(news: PastNews): void {
    this.#news = news;
    for (const [listener, before] of this.#listeners) {
      this.#listeners.set(listener, news);
      listener(news, before);
    }
  }
}
