/** Longest address that is redirected, since the answer repeats it. */
const LONGEST = 2048;

/**
 * Path and query without slashes at the path's end. Null if there are none, or the address is too long to repeat. It
 * stays on this host: of several slashes at the beginning one is left.
 */
export function withoutTrailingSlash({ pathname, search }: URL): string | null {
  if (pathname === "/" || !pathname.endsWith("/")) return null;
  if (pathname.length + search.length > LONGEST) return null;
  // There is no backslash in it, since URL parsing has turned it into a slash.
  return `/${pathname.replace(/^\/+|\/+$/g, "")}${search}`;
}
