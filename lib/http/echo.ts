/** Characters of a value that an answer or a line of the log says back at most. */
const MAX_LENGTH = 64;

/** What somebody sent, shortened so that saying it back costs little whatever they sent. */
export function echoed(text: string): string {
  // A pair of code units is one character: half of it is none.
  return text.length > MAX_LENGTH
    ? `${text.slice(0, MAX_LENGTH).replace(/[\uD800-\uDBFF]$/, "")}…`
    : text;
}
