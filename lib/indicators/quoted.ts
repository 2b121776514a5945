/** Most characters shown, since an address or an attribute may hold any text. */
const LONGEST = 40;

/** Written text, as a sentence shows it: in quotes, and its beginning only if it is long. */
export function quoted(text: string): string {
  return `“${text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text}”`;
}
