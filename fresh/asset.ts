/** The query parameter that names the build a static file belongs to. */
export const BUILD_ID_PARAM = "__frsh_c";

/**
 * Adds the build's id to a path on this host, so that it can be cached forever. Other URLs stay
 * unchanged.
 */
export function assetPath(path: string, buildId: string): string {
  if (!path.startsWith("/") || path.startsWith("//") || path.includes(`${BUILD_ID_PARAM}=`)) {
    return path;
  }
  const [, file = "", query = "", hash = ""] = /^([^?#]*)(\?[^#]*)?(#.*)?$/s.exec(path) ?? [];
  const separator = query === "" || query === "?" ? "?" : `${query}&`;
  return `${file}${separator}${BUILD_ID_PARAM}=${buildId}${hash}`;
}
