// @ts-types="./pg.d.ts"
import pg from "pg";
import { describeError } from "./database_error.ts";
import { readPassword } from "./database_secrets.ts";
import { EXPECTED_NAMES } from "./database_session.ts";
import { type Encryption, encryptionsFor, tlsOptions } from "./database_tls.ts";
import type { DatabaseAddress, DatabaseHost } from "./database_url.ts";
import { COLUMN_VALUES } from "./database_values.ts";

/** The server that a pool connects to. */
export interface DatabaseTarget {
  readonly host: DatabaseHost;
  readonly encryption: Encryption;
  /** A pooler between us and PostgreSQL shares its sessions: nothing may be kept in one. */
  readonly pooled: boolean;
  /** `17.5`. */
  readonly version: string;
  /** Which of `EXPECTED_NAMES` it has. */
  readonly known: ReadonlySet<string>;
}

/** A server was reached, but cannot be used. The message is one line. */
export class UnfitServerError extends Error {
  override name = "UnfitServerError";
}

const OLDEST_VERSION = 150_000;
/**
 * pg_hba.conf has no entry for this kind of connection (encrypted or not): the other kind may have
 * one.
 */
const NOT_THIS_WAY = "28000";
/** The login is wrong or there is no such database, which is true of every host. */
const REFUSED = /^(28|3D)/;

/**
 * Finds the first server of an address that accepts the login and is of the wanted kind, and whether a pooler is
 * between. Throws the last server's error.
 */
export async function findTarget(
  address: DatabaseAddress,
  signal: AbortSignal,
): Promise<DatabaseTarget> {
  const failures: { readonly host: DatabaseHost; readonly error: unknown }[] = [];
  for (const host of address.hosts) {
    const encryptions = encryptionsFor(address, host);
    for (const [i, encryption] of encryptions.entries()) {
      try {
        return await look(address, host, encryption, signal);
      } catch (error) {
        signal.throwIfAborted();
        const isLast = i === encryptions.length - 1;
        const state = error instanceof pg.DatabaseError ? error.code ?? "" : null;
        if (state !== null && (state !== NOT_THIS_WAY || isLast) && REFUSED.test(state)) {
          throw error;
        }
        const isAnswer = state !== null || error instanceof UnfitServerError;
        // Of two attempts with one host, a server's answer explains most; after that, the attempt of the preferred
        // kind.
        if (i > 0 && isAnswer) failures.pop();
        if (i === 0 || isAnswer) failures.push({ host, error });
        if (isAnswer && state !== NOT_THIS_WAY) break;
      }
    }
  }
  const [first] = failures;
  if (failures.length === 1 && first !== undefined) throw first.error;
  throw new Error(
    failures.map(({ host, error }) => `${host.name}:${host.port}: ${describeError(error)}`).join(
      "; ",
    ),
    { cause: failures },
  );
}

/**
 * The configuration with which `pg` connects to a target. Reads the files that the address names.
 */
export async function clientConfig(
  address: DatabaseAddress,
  { host, encryption }: Pick<DatabaseTarget, "host" | "encryption">,
): Promise<pg.ClientConfig> {
  const { name, port, address: hostAddress } = host;
  const { database, user, passFile, password } = address;
  return {
    host: hostAddress ?? name,
    port,
    database,
    user,
    // A function, since `pg` would replace an empty password by another, and since a file may change in between.
    password: async () =>
      passFile !== null && password === ""
        ? await readPassword(passFile, { host: name, port, database, user })
        : password,
    ssl: encryption === "plain" ? false : await tlsOptions(address, host),
    sslnegotiation: encryption === "tls" && address.tls.direct ? "direct" : "postgres",
    // By default poolers accept no other startup parameter.
    application_name: address.applicationName,
    connectionTimeoutMillis: address.connectTimeoutMs,
    keepAlive: true,
    types: COLUMN_VALUES,
  };
}

interface Sight {
  readonly pid: number;
  readonly version: string;
  readonly versionNumber: number;
  readonly standby: boolean;
  readonly readOnly: boolean;
  readonly known: readonly string[];
}

function sightOf(result: pg.QueryResult | pg.QueryResult[]): Sight {
  const [row] = Array.isArray(result) ? [] : result.rows;
  if (row === undefined) {
    throw new UnfitServerError("the server does not answer as PostgreSQL does");
  }
  return {
    pid: Number(row.pid),
    version: String(row.version).split(" ")[0] ?? "",
    versionNumber: Number(row.version_number),
    standby: row.standby === true,
    readOnly: row.read_only === "on",
    known: String(row.known).split(","),
  };
}

async function look(
  address: DatabaseAddress,
  host: DatabaseHost,
  encryption: Encryption,
  signal: AbortSignal,
): Promise<DatabaseTarget> {
  const config = await clientConfig(address, { host, encryption });
  const client = new pg.Client({ ...config, query_timeout: address.connectTimeoutMs });
  const destroy = () => void client.connection.stream.destroy();
  signal.addEventListener("abort", destroy);
  client.on("error", () => {
    // The awaited query rejects with it.
  });
  try {
    await connect(client, address.connectTimeoutMs);
    const sight = sightOf(await client.query({ text: SIGHT }));
    refuseUnfit(address, sight);
    return {
      host,
      encryption,
      // A pooler reports its own process ids to its clients.
      pooled: address.pooled ?? sight.pid !== client.processID,
      version: sight.version,
      known: new Set(sight.known),
    };
  } finally {
    await client.end().catch(() => {
      // The connection is closed already.
    });
    signal.removeEventListener("abort", destroy);
  }
}

async function connect(client: pg.Client, timeoutMs: number): Promise<void> {
  try {
    await client.connect();
  } catch (error) {
    if (!(error instanceof Error) || error.message !== "timeout expired") throw error;
    throw new Error(`no answer within ${timeoutMs / 1000} s`, { cause: error });
  }
}

function refuseUnfit(address: DatabaseAddress, sight: Sight): void {
  if (sight.versionNumber < OLDEST_VERSION) {
    throw new UnfitServerError(`PostgreSQL ${sight.version} is too old: 15 or newer is needed`);
  }
  const { needs } = address;
  if (needs !== "any" && sight.standby) {
    throw new UnfitServerError(`it is a standby, and target_session_attrs=${needs}`);
  }
  if (needs === "read-write" && sight.readOnly) {
    throw new UnfitServerError("it is read-only, and target_session_attrs=read-write");
  }
}

const SIGHT = `SELECT pg_catalog.pg_backend_pid() AS pid,
  pg_catalog.current_setting('server_version') AS version,
  pg_catalog.current_setting('server_version_num') AS version_number,
  pg_catalog.pg_is_in_recovery() AS standby,
  pg_catalog.current_setting('transaction_read_only') AS read_only,
  (SELECT pg_catalog.string_agg(name, ',') FROM pg_catalog.pg_settings
    WHERE name IN (${EXPECTED_NAMES.map((name) => `'${name}'`).join(", ")})) AS known`;
