/** Lets real time pass, less of it if the signal ends it. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener("abort", () => resolve(clearTimeout(timer)), { once: true });
  });
}

/** Looks again and again until there is something to see, and returns it. Throws when `patienceMs` are over. */
export async function until<T>(
  what: string,
  look: () => Promise<T | null | false> | T | null | false,
  { patienceMs = 30_000, everyMs = 100 } = {},
): Promise<T> {
  const endMs = performance.now() + patienceMs;
  for (;;) {
    const seen = await look();
    if (seen !== null && seen !== false) return seen;
    if (performance.now() >= endMs) throw new Error(`${what}: not within ${patienceMs / 1000} s`);
    await pause(everyMs);
  }
}
