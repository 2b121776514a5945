/** Lets real time pass, less of it if the signal ends it. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener("abort", () => resolve(clearTimeout(timer)), { once: true });
  });
}

/** Long enough for what takes a moment, on a busy machine. */
const TIMEOUT_MS = 30_000;

/** Looks again and again until there is something to see, and returns it. Throws when `timeoutMs` are over. */
export async function until<T>(
  what: string,
  look: () => Promise<T | null | false> | T | null | false,
  { timeoutMs = TIMEOUT_MS, everyMs = 100 } = {},
): Promise<T> {
  const endMs = performance.now() + timeoutMs;
  for (;;) {
    const seen = await look();
    if (seen !== null && seen !== false) return seen;
    if (performance.now() >= endMs) throw inVain(what, timeoutMs);
    await pause(everyMs);
  }
}

/** What a promise brings. Throws when `timeoutMs` are over before. */
export async function within<T>(
  what: string,
  promise: Promise<T>,
  timeoutMs = TIMEOUT_MS,
): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(inVain(what, timeoutMs)), timeoutMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** What an iterable brings, for `for await`. Throws when the next item, or the end, takes longer than `timeoutMs`. */
export async function* timely<T>(
  what: string,
  items: AsyncIterable<T>,
  timeoutMs = TIMEOUT_MS,
): AsyncGenerator<T, void> {
  const iterator = items[Symbol.asyncIterator]();
  let isLate = true;
  try {
    for (;;) {
      const { done, value } = await within(what, iterator.next(), timeoutMs);
      isLate = false;
      if (done) return;
      yield value;
      isLate = true;
    }
  } finally {
    // One that waits for its next item would not come to its end either.
    const ended = iterator.return?.();
    if (!isLate) await ended;
  }
}

function inVain(what: string, timeoutMs: number): Error {
  return new Error(`waited for ${what} without success: not within ${timeoutMs / 1000} s`);
}
