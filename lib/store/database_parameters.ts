import { DatabaseUrlError } from "./database_error.ts";

/** The parameters behind a URL's question mark, decoded. */
export type UrlParameters = ReadonlyMap<string, string>;

/** Parameters that are honoured. The last ones are other clients' names. */
const HONOURED = [
  "host",
  "hostaddr",
  "port",
  "dbname",
  "user",
  "password",
  "passfile",
  "sslmode",
  "sslrootcert",
  "sslcert",
  "sslkey",
  "sslnegotiation",
  "target_session_attrs",
  "connect_timeout",
  "application_name",
  "fallback_application_name",
  "options",
  "ssl",
  "schema",
  "currentSchema",
  "search_path",
  "pgbouncer",
];

/** Parameters that are accepted only with values that describe the fixed behaviour. */
const AS_IT_IS: Readonly<Record<string, readonly string[]>> = {
  client_encoding: ["UTF8", "utf8", "UTF-8", "utf-8", "auto"],
  gssencmode: ["disable", "prefer"],
  channel_binding: ["disable", "prefer"],
  load_balance_hosts: ["disable"],
  sslcompression: ["0"],
  sslsni: ["1"],
  sslnegotiation: ["postgres", "direct"],
  keepalives: ["1"],
};

/** Why well-known parameters are refused, and what to do instead. */
const INSTEAD: Readonly<Record<string, string>> = {
  service: "put the service file's settings into the URL",
  servicefile: "put the service file's settings into the URL",
  sslpassword: "give sslkey a key without a password",
  uselibpqcompat: "sslmode has libpq's meaning here without it",
};

/** Reads a URL's parameters. Throws a `DatabaseUrlError` that names one that is not supported, or given twice. */
export function readParameters(search: string): UrlParameters {
  const given = new Map<string, string>();
  for (const part of search.split("&").filter((text) => text !== "")) {
    const equals = part.indexOf("=");
    const name = decoded(equals < 0 ? part : part.slice(0, equals), "a parameter's name");
    const shown = shorten(name);
    const value = decoded(equals < 0 ? "" : part.slice(equals + 1), `its ${shown}`);
    if (value.includes("\0")) throw new DatabaseUrlError(`its ${shown} has a NUL character`);
    if (given.has(name)) throw new DatabaseUrlError(`its ${shown} is given twice`);
    const allowed = Object.hasOwn(AS_IT_IS, name) ? AS_IT_IS[name] : undefined;
    if (allowed === undefined ? !HONOURED.includes(name) : !allowed.includes(value)) {
      const instead = Object.hasOwn(INSTEAD, name) ? INSTEAD[name] : undefined;
      throw new DatabaseUrlError(
        allowed === undefined
          ? `its ${shown} is not supported: ${instead ?? `supported are ${HONOURED.join(", ")}`}`
          : `its ${shown} may only be ${allowed.join(" or ")}`,
      );
    }
    given.set(name, value);
  }
  return given;
}

/**
 * A parameter's name for error messages. It cannot be part of a password, since those are before the question mark or
 * after an equals sign.
 */
function shorten(name: string): string {
  return /^[\w.-]{1,64}$/.test(name) ? name : "parameter (whose name is not valid)";
}

function decoded(text: string, what: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw new DatabaseUrlError(`${what} is not percent-encoded properly`, { cause });
  }
}
