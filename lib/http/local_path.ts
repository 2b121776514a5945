/** A path and query as browsers write them, without a backslash, which browsers read as a slash. */
const PRINTABLE = /^\/[\x21-\x5b\x5d-\x7e]*$/;
/** Characters of a decoded path that a browser or proxy may take for the start of another host, or refuse. */
// deno-lint-ignore no-control-regex
const TREACHEROUS = /[\\\x00-\x1f\x7f]|\/\//;

/**
 * The value if it is a path of this site that it is safe to redirect to, however it is encoded; null otherwise.
 * `//other.example` and `/\\other.example` are other hosts to a browser.
 */
export function localPath(value: unknown): string | null {
  if (typeof value !== "string" || !PRINTABLE.test(value)) return null;
  const path = value.replace(/[?#].*$/, "");
  return TREACHEROUS.test(decoded(path) ?? "//") ? null : value;
}

/** The path with all escapes decoded, repeatedly; null if one is invalid or there is no end to them. */
function decoded(path: string): string | null {
  try {
    for (let text = path, times = 0; times < 4; times++) {
      const next = decodeURIComponent(text);
      if (next === text) return text;
      text = next;
    }
  } catch {
    // An invalid escape.
  }
  return null;
}
