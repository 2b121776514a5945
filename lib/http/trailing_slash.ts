/** Nobody types more than this, and an answer says it back. */
const LONGEST = 2048;

/**
 * Where to find what was asked for with slashes at its end: path and query without them. Null if there are none, or the
 * address is too long to say back. It stays on this host: of slashes at its beginning one is left.
 */
export function withoutTrailingSlash({ pathname, search }: URL): string | null {
  if (pathname === "/" || !pathname.endsWith("/")) return null;
  if (pathname.length + search.length > LONGEST) return null;
  // A backslash cannot be there: to a URL's reader it is a slash.
  return `/${pathname.replace(/^\/+|\/+$/g, "")}${search}`;
}
