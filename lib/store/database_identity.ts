import type { Database } from "./database.ts";

/** Which database this is, and whether it takes writes. */
export interface DatabaseIdentity {
  /** Changes when the tables are others than before (a database created again, or restored table by table). */
  readonly tables: string;
  /** Changes when the server was restarted, or is another one (a backup, a standby). */
  readonly server: string;
  readonly isReadOnly: boolean;
}

/** SQL that identifies a database; its text depends on no setting. */
export const TABLES_IDENTITY = `concat_ws('/',
  (SELECT oid::bigint FROM pg_database WHERE datname = current_database()),
  coalesce(to_regclass('candles')::oid::bigint, 0),
  coalesce(to_regclass('products')::oid::bigint, 0),
  coalesce(to_regclass('store_mark')::oid::bigint, 0))`;
export const SERVER_IDENTITY = `concat_ws('/', extract(epoch FROM pg_postmaster_start_time())::text,
  coalesce(pg_relation_filenode(to_regclass('store_mark'))::bigint, 0))`;

export async function identify(database: Database): Promise<DatabaseIdentity> {
  const [row] = await database.unsafe<
    { tables: string; server: string; is_read_only: boolean }[]
  >(
    `SELECT ${TABLES_IDENTITY} AS tables, ${SERVER_IDENTITY} AS server,
      current_setting('transaction_read_only') = 'on' AS is_read_only`,
  );
  return {
    tables: row?.tables ?? "",
    server: row?.server ?? "",
    isReadOnly: row?.is_read_only ?? false,
  };
}
