import { POSTGRES_NAME, runAlone } from "./cluster_template.ts";
import { CommandError } from "./command.ts";
import type { PostgresBinaries } from "./postgres_binaries.ts";
import type { Progress } from "./progress.ts";

/**
 * Gives the extension an ordinary id, in one line; does nothing if it has one. Apart from its
 * members, only its schema and its description refer to it. Ids need to be unique among extensions
 * only.
 */
const OWN_ID = `DO $$ DECLARE low oid; own oid; BEGIN
  SELECT oid INTO low FROM pg_extension WHERE extname = 'timescaledb' AND oid < 16384;
  IF low IS NULL THEN RETURN; END IF;
  SELECT greatest(max(oid::bigint) + 1, 16384) INTO own FROM pg_extension;
  UPDATE pg_extension SET oid = own WHERE oid = low;
  UPDATE pg_depend SET objid = own WHERE classid = 'pg_extension'::regclass AND objid = low;
  UPDATE pg_depend SET refobjid = own WHERE refclassid = 'pg_extension'::regclass AND refobjid = low;
  UPDATE pg_description SET objoid = own WHERE classoid = 'pg_extension'::regclass AND objoid = low;
END $$`.replaceAll("\n", " ");

/**
 * Makes `pg_dump` include TimescaleDB for a cluster in which it was created before the server first ran. PostgreSQL
 * then assigns ids below 16384, which count as part of the server, so a dump had the chunks' rows but neither the
 * extension nor the table of the chunks. False if it could not be done: the cluster works as before. The cluster's
 * server must not be running.
 */
export async function makeExtensionDumpable(
  binaries: PostgresBinaries,
  data: string,
  progress: Progress,
  signal?: AbortSignal,
): Promise<boolean> {
  try {
    await runAlone(binaries, data, POSTGRES_NAME, OWN_ID, signal);
    return true;
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    progress(`pg_dump will leave TimescaleDB out: ${error.message}`);
    return false;
  }
}
