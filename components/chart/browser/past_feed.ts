import { NewsPoll, requestNews } from "../../../lib/browser/news_poll.ts";
import type { PastNews } from "../past_news.ts";

/** Hears of a product's past: what it is now, and what it was when it was last heard of. */
export type PastListener = (news: PastNews, before: PastNews) => void;

const EVERY_MS = { leastMs: 4_000, mostMs: 60_000 } as const;
/** A past that is whole, and has not changed for so long, is no longer requested. */
const END_AFTER_MS = 300_000;

/**
 * Polls for what of a product's page comes into the database alone, and hands it to any number of listeners, each with
 * what it had before. Whoever made it closes it.
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

  /** Returns how to stop. */
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
