import type { Database } from "./database.ts";

/** The hypertable in which TimescaleDB keeps the candles. */
export interface Hypertable {
  /** The schema of the extension's functions, quoted if necessary. It need not be in the search_path. */
  readonly functions: string;
  /** `2.19.3`. */
  readonly version: string;
  /** `apache` or `timescale`: compression comes with the latter. */
  readonly licence: string;
}

/** Looks at the table `candles`; null if it is an ordinary one. */
export async function findHypertable(database: Database): Promise<Hypertable | null> {
  const [extension] = await database<Hypertable[]>`
    SELECT quote_ident(n.nspname) AS functions, e.extversion AS version,
      coalesce(current_setting('timescaledb.license', true), 'apache') AS licence
    FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
    WHERE e.extname = 'timescaledb'`;
  if (extension === undefined) return null;
  const rows = await database`SELECT FROM timescaledb_information.hypertables
    WHERE to_regclass(format('%I.%I', hypertable_schema, hypertable_name)) = to_regclass('candles')`;
  return rows.length > 0 ? extension : null;
}
