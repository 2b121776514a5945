/**
 * Error codes of a socket whose other side is gone, or that is written to afterwards. (On a very busy machine a server
 * may time a login out; then its greeting and its close are read together, and the client still answers the greeting.)
 */
const LOST = new Set([
  "ECONNRESET",
  "EPIPE",
  "ECONNREFUSED",
  "ETIMEDOUT",
  "ECONNABORTED",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ERR_STREAM_WRITE_AFTER_END",
  "ERR_STREAM_DESTROYED",
]);

/**
 * Keeps the process alive when a library drops a socket before the socket itself fails: the error then has no listener
 * and would end the process, though the library has reconnected already. Only errors of lost connections are passed to
 * `onLost`; any other uncaught error still ends the process. Returns a function that undoes this.
 */
export function ignoreConnectionLossErrors(onLost: (error: unknown) => void): () => void {
  const onRejection = (event: PromiseRejectionEvent) => {
    if (!isLost(event.reason)) return;
    event.preventDefault();
    onLost(event.reason);
  };
  const onError = (event: ErrorEvent) => {
    if (!isLost(event.error)) return;
    event.preventDefault();
    onLost(event.error);
  };
  globalThis.addEventListener("unhandledrejection", onRejection);
  globalThis.addEventListener("error", onError);
  return () => {
    globalThis.removeEventListener("unhandledrejection", onRejection);
    globalThis.removeEventListener("error", onError);
  };
}

function isLost(error: unknown): boolean {
  return error instanceof Error && "code" in error && LOST.has(String(error.code));
}
