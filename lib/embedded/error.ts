/**
 * A database or message server that could not be brought up on this machine. The message is one
 * line, explains what to do about it and never holds a password; `cause` has the detail.
 */
export class EmbeddedError extends Error {
  override readonly name = "EmbeddedError";
}

/** The sentence that ends a message about a database that cannot be embedded. */
export const GIVE_DATABASE_URL = "give DATABASE_URL, or use compose.yaml";

/** The sentence that ends a message about a message server that cannot be embedded. */
export const GIVE_NATS_URL = "give NATS_URL, or use compose.yaml";

/** The reason of an error, in one line. */
export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split("\n").map((line) => line.trim()).find((line) => line !== "") ?? "unknown";
}
