import { createHash } from "node:crypto";
import type { Database, Transaction } from "../store/database.ts";
import { readMigrations } from "../store/migration_files.ts";
import { migrate } from "../store/migrations.ts";
import {
  BACKUP_TABLES,
  BackupError,
  type BackupHead,
  type BackupTable,
  type BackupTail,
  BEGIN,
  COMMIT,
  copyLine,
  END_OF_ROWS,
  FIRST_LINE,
  jsonLine,
} from "./backup_format.ts";

export interface WriteOptions {
  /** Takes the text's bytes, in order; it is awaited, so that memory stays small. */
  readonly take: (bytes: Uint8Array) => Promise<void>;
  readonly writtenAt: Date;
  /** Called with a line for every table. */
  readonly progress?: (line: string) => void;
}

/**
 * Writes a consistent snapshot of all tables. Throws a `BackupError` if the database is of another version. Returns
 * what it wrote.
 */
export async function writeBackup(
  database: Database,
  { take, writtenAt, progress }: WriteOptions,
): Promise<BackupTail> {
  const head = { ...await readLevel(database), writtenAt: writtenAt.toISOString() };
  const hash = createHash("sha256");
  const put = async (bytes: Uint8Array) => {
    hash.update(bytes);
    await take(bytes);
  };
  const line = (text: string) => put(new TextEncoder().encode(`${text}\n`));
  for (const text of [FIRST_LINE, jsonLine(head), BEGIN]) await line(text);
  const rows = await database.transaction(async (sql) => {
    const counts: Partial<Record<BackupTable, number>> = {};
    for (const table of BACKUP_TABLES) {
      const columns = await columnsOf(sql, table);
      await line(copyLine(table, columns));
      // Copied from a query, since a hypertable itself holds no rows.
      const count = await sql.copyOut(
        `COPY (SELECT ${columns.join(", ")} FROM ${table}) TO STDOUT`,
        put,
      );
      await line(END_OF_ROWS);
      counts[table] = count;
      progress?.(`${table}: ${count} rows`);
    }
    return counts;
  }, { snapshot: true });
  await line(COMMIT);
  const tail = { rows, sha256: hash.digest("hex") };
  await take(new TextEncoder().encode(`${jsonLine(tail)}\n`));
  return tail;
}

/** The database's last migration, which has to be this program's. */
async function readLevel(database: Database): Promise<Pick<BackupHead, "migration" | "name">> {
  const migrations = await migrate(database, "status");
  const missing = migrations.find(({ appliedAt }) => appliedAt === null);
  if (missing !== undefined) {
    throw new BackupError(
      `the database has not the migration ${missing.name} of this version: ` +
        "start Spot Canvas or run `deno task migrate up` first",
    );
  }
  const last = migrations.at(-1);
  if (last === undefined || migrations.length > (await readMigrations()).length) {
    throw new BackupError("the database is a newer version's: back it up with that");
  }
  return { migration: last.number, name: last.name };
}

async function columnsOf(sql: Transaction, table: BackupTable): Promise<string[]> {
  const rows = await sql<{ name: string }[]>`
    SELECT attname::text AS name FROM pg_catalog.pg_attribute
    WHERE attrelid = to_regclass(${table}) AND attnum > 0 AND NOT attisdropped ORDER BY attnum`;
  return rows.map(({ name }) => name);
}
