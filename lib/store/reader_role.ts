import type { Database, Statements } from "./database.ts";
import { describeError, isDatabaseDown } from "./database_error.ts";

/**
 * The role for other programs, which may read candles and change nothing. An operator's logins can be made members of
 * it.
 */
export const READER_ROLE = "spot_canvas_reader";

/**
 * The tables that it may read: candles and what is known of them, not the program's working state.
 */
export const READABLE_TABLES = [
  "candles",
  "products",
  "gaps",
  "doubts",
  "backfills",
  "audits",
  "disagreements",
] as const;

/** Connections that readers who log in as the role itself may hold: the rest stays for the program. */
const CONNECTION_LIMIT = 16;
/** Longest that one of their statements may run. */
const STATEMENT_TIMEOUT = "60s";

/** Any fixed number: processes that start together grant one after the other. */
const ADVISORY_LOCK = 7_308_912_447;

/**
 * Creates the role and grants it its rights, as far as the connection's own role may. Null if all is in place;
 * otherwise one line that names what is missing and what an administrator should run. With a password the role can log
 * in. Rejects only while the database is down.
 */
export async function ensureReader(
  database: Database,
  password: string | null = null,
): Promise<string | null> {
  try {
    return await database.transaction(async (sql) => {
      await sql`SELECT pg_advisory_xact_lock(${ADVISORY_LOCK}::bigint)`;
      const missing = await makeRole(sql);
      if (missing !== null) return missing;
      const refused = await grant(sql);
      if (refused !== null || password === null) return refused;
      await allowLogin(sql, password);
      return null;
    });
  } catch (error) {
    if (isDatabaseDown(error)) throw error;
    return `the role ${READER_ROLE} for readers is not ready: ${describeError(error)}`;
  }
}

/** Creates the role if it does not exist. Returns what is missing, in one line. */
async function makeRole(sql: Statements): Promise<string | null> {
  const [found] = await sql<{ there: boolean; may: boolean }[]>`
    SELECT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = ${READER_ROLE}) AS there,
      (SELECT rolsuper OR rolcreaterole FROM pg_catalog.pg_roles WHERE rolname = current_user) AS may`;
  if (found?.there) return null;
  if (!found?.may) {
    return `there is no role for readers, and this one may make none: have an administrator run ` +
      `CREATE ROLE ${READER_ROLE} NOLOGIN, and start again`;
  }
  // Roles belong to the server and the lock to the database: a process of another database may create the role first.
  await sql.unsafe(`DO $$ BEGIN
    CREATE ROLE ${READER_ROLE} NOLOGIN CONNECTION LIMIT ${CONNECTION_LIMIT};
    ALTER ROLE ${READER_ROLE} SET statement_timeout = '${STATEMENT_TIMEOUT}';
    ALTER ROLE ${READER_ROLE} SET default_transaction_read_only = on;
  EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
  END $$`);
  return null;
}

/** Grants what is not granted yet. Returns what could not be granted, in one line. */
async function grant(sql: Statements): Promise<string | null> {
  for (const statement of await missingGrants(sql)) {
    await sql.unsafe(
      `DO $$ BEGIN ${statement}; EXCEPTION WHEN insufficient_privilege THEN NULL; END $$`,
    );
  }
  // A role that may not grant gets a warning or an error from PostgreSQL: so the result is checked.
  const refused = await missingGrants(sql);
  return refused.length === 0
    ? null
    : `the role ${READER_ROLE} cannot read all that it should: have the tables' owner run ` +
      refused.join("; ");
}

async function missingGrants(sql: Statements): Promise<readonly string[]> {
  const [place] = await sql<{ schema: string; usable: boolean }[]>`
    SELECT relnamespace::regnamespace::text AS schema,
      has_schema_privilege(${READER_ROLE}, relnamespace, 'USAGE') AS usable
    FROM pg_catalog.pg_class WHERE oid = 'candles'::regclass`;
  const tables = await sql<{ name: string }[]>`
    SELECT name FROM unnest(${`{${READABLE_TABLES.join(",")}}`}::text[]) AS name
    WHERE to_regclass(name) IS NOT NULL AND NOT has_table_privilege(${READER_ROLE}, name, 'SELECT')`;
  const names = tables.map(({ name }) => name).join(", ");
  return [
    ...(place?.usable === false ? [`GRANT USAGE ON SCHEMA ${place.schema} TO ${READER_ROLE}`] : []),
    ...(names === "" ? [] : [`GRANT SELECT ON ${names} TO ${READER_ROLE}`]),
  ];
}

async function allowLogin(sql: Statements, password: string): Promise<void> {
  // Statements about roles take no parameters, so the server quotes the password.
  const [statement] = await sql<{ text: string }[]>`
    SELECT format('ALTER ROLE %I LOGIN PASSWORD %L', ${READER_ROLE}::text, ${password}::text) AS text`;
  await sql.unsafe(statement?.text ?? "");
}
