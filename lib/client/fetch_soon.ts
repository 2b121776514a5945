/** How long an answer is awaited: a browser may send over a connection that is dead, and wait for hours. */
const ANSWER_MS = 45_000;

/** `fetch`, which also rejects where no answer begins in time; its body may take as long as it takes. */
export function fetchSoon(url: string, signal: AbortSignal, init?: RequestInit): Promise<Response> {
  const stop = new AbortController();
  const abort = () => stop.abort();
  const timer = setTimeout(abort, ANSWER_MS);
  signal.addEventListener("abort", abort);
  return fetch(url, { ...init, signal: stop.signal }).finally(() => clearTimeout(timer));
}
