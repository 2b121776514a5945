const MAX_LENGTH = 200;

/** The exchange's own words, shortened and without control characters, fit for a log line and a page. */
export function exchangeText(text: string): string {
  return text.slice(0, MAX_LENGTH).replace(/\p{C}+/gu, " ").trim();
}

/** How a socket ended: `closed by the exchange (1000: deprecated hostname)`. */
export function closeText(code: number, reason: string): string {
  const words = exchangeText(reason);
  return `closed by the exchange (${words === "" ? code : `${code}: ${words}`})`;
}

/** What a status of the WebSocket handshake means in practice, where known. */
const HINTS: Readonly<Record<string, string>> = {
  401: ": throttled, or refused by a firewall or proxy",
  403: ": throttled, or refused by a firewall or proxy",
  407: ": a proxy requires a login",
  429: ": too many connections",
};

/** Deno's text for a failed connect, in plainer words; the body of an HTTP answer is not available. */
export function connectErrorText(message: string): string {
  const [, status] = /Invalid status code: (\d{3})/.exec(message) ?? [];
  if (status !== undefined) {
    return `the handshake was answered with HTTP ${status}${HINTS[status] ?? ""}`;
  }
  const words = exchangeText(message.replace(/^.*failed to connect to WebSocket: /s, ""));
  return words === "" ? "socket error" : words;
}
