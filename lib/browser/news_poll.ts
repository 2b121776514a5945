/** Longest wait for an answer: a server that hangs never sends one, nor does a connection that died without being closed. */
const TIMEOUT_MS = 20_000;

/** The part of `Clock` that waiting needs. */
interface Timers {
  now(): number;
  after(delayMs: number, run: () => void): () => void;
}

/** A server's answer: the tag of its contents, and a function that reads them. */
export interface NewsAnswer<T> {
  readonly tag: string | null;
  read(): Promise<T>;
}

/** What is polled, how often, and what takes the answers. */
export interface NewsPollParts<T> {
  /** Rejects when there is no answer. */
  request(signal: AbortSignal): Promise<NewsAnswer<T>>;
  /**
   * Takes an answer that differs from the one before. True if nothing new is expected soon, so the
   * next wait is longer.
   */
  take(answer: T): boolean;
  /** The wait before the first request and after news; without any it doubles, up to `mostMs`. */
  readonly leastMs: number;
  readonly mostMs: number;
  /** After this long without news it ends, until the page is visible again. */
  readonly endAfterMs?: number;
  readonly clock?: Timers;
  /** Whether the page is visible; `follow` returns a function that stops following. */
  readonly sight?: { isHidden(): boolean; follow(onChange: () => void): () => void };
}

/**
 * Polls what comes without a stream: the past, which arrives in the database alone. Soon after news, backing off without;
 * not at all while the page is hidden; and immediately when it is visible again. One request at a
 * time. Its owner closes it.
 */
export class NewsPoll<T> {
  readonly #parts: NewsPollParts<T>;
  readonly #clock: Timers;
  readonly #sight: NonNullable<NewsPollParts<T>["sight"]>;
  readonly #closed = new AbortController();
  readonly #unfollow: () => void;
  #waitMs: number;
  #newsAtMs: number;
  #tag: string | null = null;
  #cancel = () => {};
  #isRequesting = false;

  constructor(parts: NewsPollParts<T>) {
    this.#parts = parts;
    this.#clock = parts.clock ?? TIMERS;
    this.#sight = parts.sight ?? DOCUMENT;
    this.#waitMs = parts.leastMs;
    this.#newsAtMs = this.#clock.now();
    this.#unfollow = this.#sight.follow(() => this.#look());
    this.#wait();
  }

  close(): void {
    this.#closed.abort();
    this.#cancel();
    this.#unfollow();
  }

  #look(): void {
    this.#cancel();
    if (this.#sight.isHidden()) return;
    this.#newsAtMs = this.#clock.now();
    this.#waitMs = this.#parts.leastMs;
    void this.#request();
  }

  #wait(): void {
    this.#cancel();
    const { endAfterMs = Infinity } = this.#parts;
    if (this.#sight.isHidden() || this.#clock.now() - this.#newsAtMs >= endAfterMs) return;
    this.#cancel = this.#clock.after(this.#waitMs, () => void this.#request());
  }

  async #request(): Promise<void> {
    const { signal } = this.#closed;
    if (this.#isRequesting || signal.aborted) return;
    this.#isRequesting = true;
    const { leastMs, mostMs, request, take } = this.#parts;
    let isNews = false;
    let isCalm = false;
    const given = new AbortController();
    const giveUp = () => given.abort();
    signal.addEventListener("abort", giveUp);
    const cancel = this.#clock.after(TIMEOUT_MS, giveUp);
    try {
      const { tag, read } = await request(given.signal);
      isNews = tag === null || tag !== this.#tag;
      if (isNews) {
        const answer = await read();
        if (!signal.aborted) isCalm = take(answer);
      }
      this.#tag = tag;
    } catch {
      // The page shows that its stream is lost; this one only comes later.
      isNews = false;
    } finally {
      cancel();
      signal.removeEventListener("abort", giveUp);
      this.#isRequesting = false;
    }
    if (signal.aborted) return;
    if (isNews) this.#newsAtMs = this.#clock.now();
    this.#waitMs = isNews && !isCalm ? leastMs : Math.min(this.#waitMs * 2, mostMs);
    this.#wait();
  }
}

/** Requests JSON of the page's own server, which is of the page's own build; the browser's cache revalidates what it has. */
export async function requestNews<T>(url: string, signal: AbortSignal): Promise<NewsAnswer<T>> {
  const answer = await fetch(url, { cache: "no-cache", signal });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
  return { tag: answer.headers.get("etag"), read: () => answer.json() };
}

const DOCUMENT = {
  isHidden: () => document.hidden,
  follow(onChange: () => void) {
    document.addEventListener("visibilitychange", onChange);
    return () => document.removeEventListener("visibilitychange", onChange);
  },
};

const TIMERS: Timers = {
  now: () => performance.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};
