import { DatabaseUrlError } from "./database_error.ts";
import { readParameters, type UrlParameters } from "./database_parameters.ts";
import { readSettings } from "./database_settings.ts";

/** One server of several. */
export interface DatabaseHost {
  /** A host name, or the directory of a Unix socket (`/cloudsql/project:region:instance`). */
  readonly name: string;
  readonly port: number;
  /** The address to connect to instead of resolving the name; certificates are checked against the name. */
  readonly address: string | null;
}

/** How a connection is encrypted; names and meanings are libpq's. */
export const SSL_MODES = [
  "disable",
  "allow",
  "prefer",
  "require",
  "verify-ca",
  "verify-full",
] as const;
export type SslMode = typeof SSL_MODES[number];

/** The trusted certificates and the client's own: paths of PEM files. */
export interface DatabaseTls {
  readonly mode: SslMode;
  /** `system`: what the machine trusts. Null: the same, where certificates are checked at all. */
  readonly rootCertificate: string | null;
  readonly certificate: string | null;
  readonly key: string | null;
  /** TLS from the first byte on, without negotiating it with the server first. */
  readonly direct: boolean;
}

/** Where a PostgreSQL database is and how to log in. */
export interface DatabaseAddress {
  /** Tried in this order; at least one. */
  readonly hosts: readonly DatabaseHost[];
  readonly database: string;
  readonly user: string;
  readonly password: string;
  /** Path of a file in the format of `.pgpass`, for when there is no password. */
  readonly passFile: string | null;
  readonly tls: DatabaseTls;
  /** Which kind of server is needed. */
  readonly needs: "any" | "read-write" | "primary";
  /** Longest that one attempt to connect may take. */
  readonly connectTimeoutMs: number;
  readonly applicationName: string;
  /** Settings of every session, by name. */
  readonly settings: ReadonlyMap<string, string>;
  /** Whether a pooler is between; null: detect it. */
  readonly pooled: boolean | null;
}

export { DatabaseUrlError };

/** The shape of a URL, for error messages. */
export const DATABASE_URL_SHAPE = "postgres://user:password@host:5432/database, or " +
  "postgres://user:password@/database?host=/cloudsql/project:region:instance for a socket";

// Read by hand: `new URL` refuses several hosts, and the empty host of socket URLs. A second @ belongs to a password
// that was not encoded: what follows the first would be taken for the host, and shown.
const URL_PARTS = /^postgres(?:ql)?:\/\/(?:([^@/?]*)@)?([^@/?]*)(?:\/([^@?]*))?(?:\?([^@]*))?$/;

const DEFAULT_PORT = "5432";
const CONNECT_TIMEOUT_S = 5;
const LONGEST_CONNECT_TIMEOUT_S = 600;

/**
 * Reads a PostgreSQL URL as libpq does: over TCP or a Unix socket, several hosts, and libpq's parameters, each of which is
 * either honoured or refused by its name. Throws a `DatabaseUrlError`.
 */
export function parseDatabaseUrl(url: string): DatabaseAddress {
  const match = URL_PARTS.exec(url.trim());
  if (match === null || /\s/.test(url.trim())) {
    throw new DatabaseUrlError(`it is not a PostgreSQL URL; expected ${DATABASE_URL_SHAPE}`);
  }
  const [, login = "", authority = "", path = "", search = ""] = match;
  const given = readParameters(search);
  const colon = login.indexOf(":");
  const user = given.get("user") ?? decoded(colon < 0 ? login : login.slice(0, colon), "user");
  const password = given.get("password") ??
    (colon < 0 ? "" : decoded(login.slice(colon + 1), "password"));
  const database = given.get("dbname") || decoded(path, "database") || user;
  if (database === "") {
    throw new DatabaseUrlError(`it names no database; expected ${DATABASE_URL_SHAPE}`);
  }
  return {
    hosts: readHosts(authority, given),
    database,
    user: user || "postgres",
    password,
    passFile: given.get("passfile") || null,
    tls: readTls(given),
    needs: readNeeds(given.get("target_session_attrs")),
    connectTimeoutMs: readTimeout(given.get("connect_timeout")) * 1000,
    applicationName: given.get("application_name") || given.get("fallback_application_name") ||
      "spot-canvas",
    settings: readSettings(given),
    pooled: readPooled(given.get("pgbouncer")),
  };
}

/** The address for people and logs, without the password: `spot@localhost:5432/spot`. */
export function describeAddress({ user, hosts, database }: DatabaseAddress): string {
  const places = hosts.map(({ name, port }) =>
    name.startsWith("/") ? name : `${name.includes(":") ? `[${name}]` : name}:${port}`
  );
  return `${user}@${places.join(",")}/${database}`;
}

function readHosts(authority: string, given: UrlParameters): DatabaseHost[] {
  const places = authority === "" ? [] : authority.split(",").map(splitHost);
  const addresses = listOf(given.get("hostaddr"));
  const names = listOf(given.get("host")) ??
    (places.some(({ name }) => name !== "") || !addresses
      ? places.map(({ name }) => name)
      : addresses);
  const ports = listOf(given.get("port")) ?? places.map(({ port }) => port);
  if (names.length === 0 || names.includes("")) {
    throw new DatabaseUrlError(`it names no host; expected ${DATABASE_URL_SHAPE}`);
  }
  for (const [what, list] of [["ports", ports], ["hostaddr", addresses ?? []]] as const) {
    if (list.length > 1 && list.length !== names.length || list.length > names.length) {
      throw new DatabaseUrlError(`its ${what} are ${list.length}, its hosts ${names.length}`);
    }
  }
  if (addresses !== null && addresses.length !== names.length) {
    throw new DatabaseUrlError(`its hostaddr are ${addresses.length}, its hosts ${names.length}`);
  }
  return names.map((name, i) => ({
    name,
    port: readPort(ports[i] || (ports.length === 1 ? ports[0] : "") || DEFAULT_PORT),
    address: addresses?.[i] || null,
  }));
}

function listOf(text: string | undefined): string[] | null {
  return text ? text.split(",") : null;
}

function splitHost(text: string): { readonly name: string; readonly port: string } {
  // An IPv6 address is written in brackets.
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]*))(?::(\d*))?$/.exec(text);
  if (match === null) {
    throw new DatabaseUrlError(`its host is not readable; expected ${DATABASE_URL_SHAPE}`);
  }
  return { name: decoded(match[1] ?? match[2] ?? "", "host"), port: match[3] ?? "" };
}

function readPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port < 1 || port > 65535) {
    throw new DatabaseUrlError("its port is not a number from 1 to 65535");
  }
  return port;
}

function readTimeout(text: string | undefined): number {
  if (text === undefined) return CONNECT_TIMEOUT_S;
  const seconds = /^\d{1,4}$/.test(text) ? Number(text) : NaN;
  if (!(seconds >= 1 && seconds <= LONGEST_CONNECT_TIMEOUT_S)) {
    throw new DatabaseUrlError(
      `its connect_timeout is not a number of seconds from 1 to ${LONGEST_CONNECT_TIMEOUT_S}`,
    );
  }
  return seconds;
}

function readTls(given: UrlParameters): DatabaseTls {
  const rootCertificate = given.get("sslrootcert") || null;
  const mode = readMode(given) ?? (rootCertificate === "system" ? "verify-full" : "prefer");
  const direct = given.get("sslnegotiation") === "direct";
  const certificate = given.get("sslcert") || null;
  const key = given.get("sslkey") || null;
  if (mode === "verify-ca" && rootCertificate === null) {
    throw new DatabaseUrlError(
      "its sslmode=verify-ca needs sslrootcert: with publicly trusted certificates any server would be accepted",
    );
  }
  if (rootCertificate === "system" && mode !== "verify-full") {
    throw new DatabaseUrlError("its sslrootcert=system needs sslmode=verify-full");
  }
  if (direct && !["require", "verify-ca", "verify-full"].includes(mode)) {
    throw new DatabaseUrlError("its sslnegotiation=direct needs sslmode=require or stricter");
  }
  if ((certificate === null) !== (key === null)) {
    throw new DatabaseUrlError("its sslcert and sslkey belong together: give both or neither");
  }
  return { mode, rootCertificate, certificate, key, direct };
}

/** `sslmode`, or other clients' names for it. */
function readMode(given: UrlParameters): SslMode | null {
  const ssl = given.get("ssl")?.toLowerCase();
  const text = given.get("sslmode");
  const mode = SSL_MODES.find((known) => known === text);
  if (text !== undefined && mode === undefined) {
    throw new DatabaseUrlError(`its sslmode is none of ${SSL_MODES.join(", ")}`);
  }
  if (ssl === undefined) return mode ?? null;
  const meant = ssl === "true" || ssl === "1"
    ? "require"
    : ssl === "false" || ssl === "0"
    ? "disable"
    : SSL_MODES.find((known) => known === ssl);
  if (meant === undefined) {
    throw new DatabaseUrlError(`its ssl is none of true, false, ${SSL_MODES.join(", ")}`);
  }
  if (mode === undefined) return meant;
  const isPlain = (which: SslMode) => which === "disable";
  const isWeak = mode === "allow" || mode === "prefer";
  if (isPlain(mode) !== isPlain(meant) || isWeak && !isPlain(meant)) {
    throw new DatabaseUrlError("its ssl and sslmode contradict each other: give sslmode alone");
  }
  return SSL_MODES.indexOf(mode) > SSL_MODES.indexOf(meant) ? mode : meant;
}

function readNeeds(text: string | undefined): DatabaseAddress["needs"] {
  if (text === undefined || text === "any") return "any";
  if (text === "read-write" || text === "primary") return text;
  throw new DatabaseUrlError(
    "its target_session_attrs is none of any, read-write, primary: candles are written",
  );
}

function readPooled(text: string | undefined): boolean | null {
  if (text === undefined) return null;
  if (text === "true" || text === "false") return text === "true";
  throw new DatabaseUrlError("its pgbouncer is neither true nor false");
}

function decoded(text: string, part: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw new DatabaseUrlError(`its ${part} is not percent-encoded properly`, { cause });
  }
}
