/**
 * What a socket says when the other side is gone, or when something is still written to it afterwards: a machine so busy
 * that a server's patience with a login ends has its greeting and its farewell read together, and answers the former.
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
 * Keeps the process alive when a library lets go of a socket before the socket itself has failed: its error then belongs
 * to nobody and would end the process, though the library has connected anew already. Only errors of lost connections
 * are passed to `onLost`; any other stray error still ends the process. The answer undoes it.
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
