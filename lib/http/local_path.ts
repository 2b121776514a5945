/** A path and query as browsers write them, without a backslash: before the query they read it as a slash. */
const PRINTABLE = /^\/[\x21-\x5b\x5d-\x7e]*$/;
/** In a decoded path: what some browser or proxy may take for the start of another host, or cannot carry. */
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

/** With all its escapes taken out, those of escapes included; null if one is wrong or they do not end. */
function decoded(path: string): string | null {
  try {
    for (let text = path, times = 0; times < 4; times++) {
      const next = decodeURIComponent(text);
      if (next === text) return text;
      text = next;
    }
  } catch {
    // Not an encoding of anything.
  }
  return null;
}
