/** Where a request was made to. */
export interface Place {
  readonly pathname: string;
  /** With its question mark, or empty. */
  readonly search: string;
}

/**
 * The attributes of a link to the current page or to one above it, or null. The page with another query
 * is one above. `href` is as written; what is relative or on another host is left alone.
 */
export function activeLink(
  href: unknown,
  { pathname, search }: Place,
): Record<string, string> | null {
  if (typeof href !== "string" || !href.startsWith("/")) return null;
  const [, path = "", query = ""] = /^([^?#]*)(\?[^#]*)?/.exec(href) ?? [];
  const target = withoutSlash(path);
  const current = withoutSlash(pathname);
  if (target === current && (query === "" || query === search)) {
    return { "data-current": "true", "aria-current": "page" };
  }
  if (target === current || target === "/" || current.startsWith(`${target}/`)) {
    return { "data-ancestor": "true", "aria-current": "true" };
  }
  return null;
}

function withoutSlash(path: string): string {
  return path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path;
}
