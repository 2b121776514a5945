const FIRST_MS = 5000;
const MOST_MS = 60_000;

/** Loads code that a page can do without for a while: again and again while the server is away. */
export async function loadPatiently<T>(
  load: () => Promise<T>,
  pause = (ms: number) => new Promise<void>((resolve) => void setTimeout(resolve, ms)),
): Promise<T> {
  for (let waitMs = FIRST_MS;; waitMs = Math.min(waitMs * 2, MOST_MS)) {
    try {
      return await load();
    } catch {
      await pause(waitMs);
    }
  }
}
