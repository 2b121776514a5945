/** How long an answer is awaited: a browser may send over a connection that is dead, and wait for hours. */
const ANSWER_MS = 45_000;

/**
 * `fetch` that `stop` ends. Where no answer begins in time, it aborts `stop` and rejects; the body may take as long as it
 * takes.
 */
export function fetchSoon(
  url: string,
  stop: AbortController,
  init?: RequestInit,
): Promise<Response> {
  const timer = setTimeout(() => stop.abort(), ANSWER_MS);
  return fetch(url, { ...init, signal: stop.signal }).finally(() => clearTimeout(timer));
}
