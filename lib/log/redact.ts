/** What stands in a secret's place. */
export const MASK = "***";

const SECRET_NAME =
  /pass(word|wd|phrase)|secret|token|jwt|authorization|cookie|credential|(api|private|access|signing)[-_]?key/i;

const SECRETS: readonly (readonly [RegExp, string])[] = [
  // PEM blocks, also those whose line ends were written as a literal \n.
  [/-----BEGIN [A-Z0-9 ]+-----.*?(?:-----END [A-Z0-9 ]+-----|$)/gs, MASK],
  // A URL's password extends to the last @ before a space, since passwords are often not
  // percent-encoded.
  [/(\w:\/\/[^\s:/@?#]*):\S*@/g, `$1:${MASK}@`],
  // JSON web tokens: three base64url parts, the first one a JSON object.
  [/\beyJ[\w-]{5,}\.[\w-]+\.[\w-]*/g, MASK],
  // A 64-byte Ed25519 key in base64, as Coinbase issues it.
  [/[A-Za-z0-9+/]{86}==/g, MASK],
  [/\bBearer\s+[^\s"',]+/gi, `Bearer ${MASK}`],
  [/(pass(?:word|wd)?|secret|token)(["']?\s*[=:]\s*["']?)[^\s"'&,;}]+/gi, `$1$2${MASK}`],
];

/** Whether a property of this name holds a secret, whatever the value looks like. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name);
}

/** The text with every secret in it masked: passwords in URLs, keys, tokens. */
export function redactText(text: string): string {
  return SECRETS.reduce((masked, [pattern, mask]) => masked.replace(pattern, mask), text);
}

/**
 * A copy for the log, with every secret masked however deep it lies. Errors become plain records of name, message,
 * stack and cause; what is deeper than eight levels, or contains itself, is left out.
 */
export function redactValue(value: unknown): unknown {
  return redactInside(value, []);
}

function redactInside(value: unknown, above: readonly object[]): unknown {
  if (typeof value === "string") return redactText(value);
  if (typeof value !== "object" || value === null) return value;
  if (above.includes(value)) return "(circular)";
  if (above.length >= 8) return "(too deep)";
  const path = [...above, value];
  if (value instanceof Error) return redactError(value, path);
  if (value instanceof Date) return value;
  if (value instanceof URL) return redactText(value.href);
  if (value instanceof Map) return redactInside(Object.fromEntries(value), above);
  if (value instanceof Set || Array.isArray(value)) {
    return [...value].map((item) => redactInside(item, path));
  }
  if (ArrayBuffer.isView(value)) return `(${value.byteLength} bytes)`;
  return redactEntries(Object.entries(value), path);
}

function redactEntries(
  entries: readonly [string, unknown][],
  path: readonly object[],
): Record<string, unknown> {
  return Object.fromEntries(
    entries.map(([name, inner]) => [
      name,
      SECRET_NAME.test(name) && inner !== null && inner !== undefined && inner !== ""
        ? MASK
        : redactInside(inner, path),
    ]),
  );
}

function redactError(error: Error, path: readonly object[]): unknown {
  return {
    // An error's own fields, such as `code`, often explain more than its message.
    ...redactEntries(Object.entries(error), path),
    name: error.name,
    message: redactText(error.message),
    ...(error.stack === undefined ? {} : { stack: redactText(error.stack) }),
    ...(error.cause === undefined ? {} : { cause: redactInside(error.cause, path) }),
  };
}
