/** The elements that `<Head>` moves into the document's head. */
export const HEAD_TAGS: ReadonlySet<string> = new Set([
  "title",
  "meta",
  "link",
  "script",
  "style",
  "base",
  "noscript",
  "template",
]);

/** What an element of the head is the same as another by; the last one rendered stays. */
export function headKey(element: { type: unknown; key?: unknown; props: object }): string {
  const { type, key, props } = element;
  if (key != null) return `key:${key}`;
  if (type === "title" || type === "base") return type;
  const own = new Map<string, unknown>(Object.entries(props));
  if (own.get("id") != null) return `id:${own.get("id")}`;
  if (type === "meta") {
    for (const name of ["name", "property", "http-equiv", "httpEquiv", "charset", "charSet"]) {
      if (own.has(name)) {
        return `meta:${name.toLowerCase()}:${/^char/i.test(name) || own.get(name)}`;
      }
    }
  }
  const rel = own.get("rel");
  if (type === "link" && (rel === "canonical" || rel === "manifest")) return `link:${rel}`;
  own.delete("nonce");
  own.delete("ref");
  const rest = Array.from(own, ([name, value]) => `${name}=${contentOf(value)}`).sort();
  return `${type}:${rest.join("&")}`;
}

function contentOf(value: unknown): string {
  if (typeof value === "object" && value !== null && "__html" in value) return String(value.__html);
  return String(value);
}
