/**
 * The attributes that tell a link leads to the current page or to one above it, or null.
 * `href` is as written; `pathname` is the request's.
 */
export function activeLink(href: unknown, pathname: string): Record<string, string> | null {
  if (typeof href !== "string" || !href.startsWith("/") || href.startsWith("//")) return null;
  const target = withoutSlash(href.replace(/[?#].*$/s, ""));
  const current = withoutSlash(pathname);
  if (target === current) return { "data-current": "true", "aria-current": "page" };
  if (target === "/" || current.startsWith(`${target}/`)) {
    return { "data-ancestor": "true", "aria-current": "true" };
  }
  return null;
}

function withoutSlash(path: string): string {
  return path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path;
}
