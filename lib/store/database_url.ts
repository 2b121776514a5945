/** Where a PostgreSQL database is and how to log in. */
export interface DatabaseAddress {
  /** A host name, or the directory of a Unix socket (`/cloudsql/project:region:instance`). */
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  readonly ssl: "require" | "prefer" | "verify-full" | false;
}

/** A database URL that cannot be read. The message is one line and never holds the password. */
export class DatabaseUrlError extends Error {
  override name = "DatabaseUrlError";
}

const SHAPE = "postgres://user:password@host:5432/database, or " +
  "postgres://user:password@/database?host=/cloudsql/project:region:instance for a socket";

// Read by hand: `new URL` refuses the empty host that socket URLs have. A second @ is one of a password that was not
// encoded: what follows the first would be taken for the host, and shown.
const URL_PARTS = /^postgres(?:ql)?:\/\/(?:([^@/?]*)@)?([^@/?]*)(?:\/([^@?]*))?(?:\?([^@]*))?$/;

/**
 * Reads a PostgreSQL URL: over TCP, or over a Unix socket with its directory in `?host=` (Google Cloud SQL's
 * form). `sslmode` may be `disable`, `prefer`, `require` or `verify-full`. Throws a `DatabaseUrlError`.
 */
export function parseDatabaseUrl(url: string): DatabaseAddress {
  const match = URL_PARTS.exec(url.trim());
  if (match === null) throw new DatabaseUrlError(`not a PostgreSQL URL; expected ${SHAPE}`);
  const [, login = "", authority = "", path = "", search = ""] = match;
  const query = new URLSearchParams(search);
  const colon = login.indexOf(":");
  const user = decoded(colon < 0 ? login : login.slice(0, colon), "user");
  const { host, port } = splitAuthority(authority);
  const socket = query.get("host");
  const database = decoded(path, "database") || user;
  if (database === "") {
    throw new DatabaseUrlError(`the PostgreSQL URL names no database; expected ${SHAPE}`);
  }
  const ownHost = socket ?? host;
  if (ownHost === "") {
    throw new DatabaseUrlError(`the PostgreSQL URL names no host; expected ${SHAPE}`);
  }
  return {
    host: ownHost,
    port: readPort(query.get("port") ?? port),
    database,
    user: user || "postgres",
    password: colon < 0 ? "" : decoded(login.slice(colon + 1), "password"),
    ssl: readSsl(query.get("sslmode")),
  };
}

/** The address for people and logs, without the password: `spot@localhost:5432/spot`. */
export function describeAddress({ user, host, port, database }: DatabaseAddress): string {
  return host.startsWith("/")
    ? `${user}@${host}/${database}`
    : `${user}@${host}:${port}/${database}`;
}

function splitAuthority(authority: string): { host: string; port: string } {
  // An IPv6 address stands in brackets, which are not part of it.
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]*))(?::(\d*))?$/.exec(authority);
  if (match === null) {
    throw new DatabaseUrlError(`the PostgreSQL URL's host is not readable; expected ${SHAPE}`);
  }
  return { host: decoded(match[1] ?? match[2] ?? "", "host"), port: match[3] || "5432" };
}

function readPort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65535) {
    throw new DatabaseUrlError("the PostgreSQL URL's port is not a number from 1 to 65535");
  }
  return port;
}

function readSsl(mode: string | null): DatabaseAddress["ssl"] {
  if (mode === null || mode === "disable" || mode === "allow") return false;
  if (mode === "require" || mode === "prefer" || mode === "verify-full") return mode;
  throw new DatabaseUrlError(
    "the PostgreSQL URL's sslmode is none of disable, prefer, require, verify-full",
  );
}

function decoded(text: string, part: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw new DatabaseUrlError(`the PostgreSQL URL's ${part} is not percent-encoded properly`, {
      cause,
    });
  }
}
