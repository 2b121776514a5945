/** Most characters of a value that an answer or a log line repeats. */
const MAX_LENGTH = 64;

/** A client's text, shortened for repeating it in an answer or a log line. */
export function echoed(text: string): string {
  // Do not cut a surrogate pair in half.
  return text.length > MAX_LENGTH
    ? `${text.slice(0, MAX_LENGTH).replace(/[\uD800-\uDBFF]$/, "")}…`
    : text;
}
