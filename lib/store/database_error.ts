/** The database cannot answer now; the same request may succeed later. */
export class DatabaseDownError extends Error {
  override name = "DatabaseDownError";
}

/** A database URL that cannot be used. The message is one line and never holds the password. */
export class DatabaseUrlError extends Error {
  override name = "DatabaseUrlError";

  /** `what` names the fault: "its sslmode is none of …". */
  constructor(what: string, options?: ErrorOptions) {
    super(`the PostgreSQL URL cannot be used: ${what}`, options);
  }
}

/**
 * Whether PostgreSQL refused the *data* (a value out of range, a broken constraint): the same rows will never succeed,
 * while a batch without them does. Everything else (connection, disk full, a missing table, a deadlock) may pass, and
 * is retried.
 */
export function isDataError(error: unknown): boolean {
  const state = sqlState(error);
  return state !== null && (state.startsWith("22") || state.startsWith("23"));
}

// Class 08: connection; 53: out of connections, memory or disk; 57P: shutting down; 25006: read-only standby.
const DOWN_STATE = /^(08|53|57P|25006)/;
const DOWN_CODE =
  /^(CONNECT_TIMEOUT|CONNECTION_|ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|ENOENT|EHOST|ENET)/;

/** Whether the database could not be reached or could not serve, as opposed to refusing this request. */
export function isDatabaseDown(error: unknown): boolean {
  if (error instanceof DatabaseDownError) return true;
  const state = sqlState(error);
  if (state !== null) return DOWN_STATE.test(state);
  return DOWN_CODE.test(errorCode(error));
}

// Class 08: connection; 57P: shutting down, or ended by an administrator or a limit; 25006: read-only, so perhaps no
// longer the right server.
const LOST_STATE = /^(08|57P|25006)/;

/** Whether the connection that a statement ran on should not be used again. */
export function isConnectionLost(error: unknown): boolean {
  const state = sqlState(error);
  return state === null ? error instanceof DatabaseDownError : LOST_STATE.test(state);
}

/** Whether PostgreSQL has no room left. It still answers what only reads. */
export function isDiskFull(error: unknown): boolean {
  return sqlState(error) === "53100";
}

/** What went wrong in one line. Never holds a password: PostgreSQL's and the socket's messages have none. */
export function describeError(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) {
    return describeError(error.errors[0]);
  }
  // Without the file's name, which differs from one attempt to the next.
  if (isDiskFull(error)) return "the database's disk is full";
  const text = error instanceof Error ? error.message || errorCode(error) : String(error);
  return text.split("\n")[0] ?? "";
}

function errorCode(error: unknown): string {
  return typeof error === "object" && error !== null && "code" in error &&
      typeof error.code === "string"
    ? error.code
    : "";
}

/** A five-letter SQLSTATE; the socket's and postgres.js' own codes are longer words. */
function sqlState(error: unknown): string | null {
  const code = errorCode(error);
  return /^[0-9A-Z]{5}$/.test(code) && /\d/.test(code) ? code : null;
}
