import type { Database, Transaction } from "../store/database.ts";
import { isDataError } from "../store/database_error.ts";
import { migrate } from "../store/migrations.ts";
import { type Migration, readMigrations } from "../store/migration_files.ts";
import {
  BACKUP_TABLES,
  BackupError,
  type BackupHead,
  type BackupTable,
  type BackupTail,
  BEGIN,
  COMMIT,
  copyLine,
  damaged,
  FIRST_LINE,
  readCopyLine,
  readHead,
  readTail,
} from "./backup_format.ts";
import { BackupText } from "./backup_text.ts";

export interface ReadOptions {
  /** Whether existing rows are deleted first; otherwise the database must have none. */
  readonly replace?: boolean;
  /** Another directory of migrations than the project's own. */
  readonly migrations?: URL;
  /** Called with a line for every table. */
  readonly progress?: (line: string) => void;
}

/** A backup's own description. */
export interface BackupSummary {
  readonly head: BackupHead;
  readonly tail: BackupTail;
}

/** Reads a backup's text to its end without using it. Throws a `BackupError` if it is not complete. */
export async function checkBackup(source: AsyncIterable<Uint8Array>): Promise<BackupSummary> {
  const text = new BackupText(source);
  const head = await readStart(text);
  const tail = await readTables(text, async (_table, _columns, rows) => {
    for await (const _ of rows);
    return null;
  });
  return { head, tail };
}

/**
 * Restores a backup into a database, which is migrated if necessary, in one transaction. Throws a `BackupError` if the
 * backup is not whole, is a newer version's, or the database has rows.
 */
export async function readBackup(
  database: Database,
  source: AsyncIterable<Uint8Array>,
  { replace = false, migrations: directory, progress }: ReadOptions = {},
): Promise<BackupSummary> {
  const text = new BackupText(source);
  const head = await readStart(text);
  const migrations = await readMigrations(directory);
  requireKnown(head, migrations);
  const isOlder = head.migration < migrations.length;
  await goBack(database, head, migrations.length, directory);
  await migrate(database, "up", { directory, through: head.migration });
  const tail = await database.transaction(async (sql) => {
    await requireRoom(sql, replace);
    return await readTables(text, async (table, columns, rows) => {
      const count = await fill(sql, copyLine(table, columns), rows);
      await continueNumbers(sql, table);
      progress?.(`${table}: ${count} rows`);
      return count;
    });
  });
  if (isOlder) await migrate(database, "up", { directory, progress });
  for (const table of BACKUP_TABLES) await database.unsafe(`ANALYZE ${table}`);
  return { head, tail };
}

async function readStart(text: BackupText): Promise<BackupHead> {
  const first = await text.line();
  if (first !== FIRST_LINE) {
    const newer = /^-- Spot Canvas backup \d+$/.test(first);
    throw new BackupError(
      newer
        ? "the backup's format is a newer version's: read it with that"
        : "this is not a backup that Spot Canvas has written",
    );
  }
  const head = readHead(await text.line());
  if (await text.line() !== BEGIN) throw damaged();
  return head;
}

/** Passes each table's rows to `take`, which returns how many it stored, or null if it did not count them. */
async function readTables(
  text: BackupText,
  take: (
    table: BackupTable,
    columns: readonly string[],
    rows: AsyncIterable<Uint8Array>,
  ) => Promise<number | null>,
): Promise<BackupTail> {
  const counts = new Map<BackupTable, number | null>();
  for (let line = await text.line(); line !== COMMIT; line = await text.line()) {
    const { table, columns } = readCopyLine(line);
    if (counts.has(table)) throw damaged();
    counts.set(table, await take(table, columns, text.rows()));
  }
  const { line, sha256 } = await text.lastLine();
  const tail = readTail(line);
  if (tail.sha256 !== sha256) throw damaged();
  for (const [table, count] of counts) {
    if (count !== null && tail.rows[table] !== count) throw damaged();
  }
  return tail;
}

function requireKnown(head: BackupHead, migrations: readonly Migration[]): void {
  const own = migrations.find(({ number }) => number === head.migration);
  if (own?.name === head.name) return;
  const newest = migrations.at(-1)?.name;
  throw new BackupError(
    own === undefined
      ? `the backup is of a newer version (migration ${head.name}; this one ends with ${newest}): update first`
      : `the backup is of another program: its migration ${head.migration} is ${head.name}, not ${own.name}`,
  );
}

/**
 * An older version's rows fit only its own tables, so an empty database is reverted to that version
 * first.
 */
async function goBack(
  database: Database,
  head: BackupHead,
  own: number,
  directory?: URL,
): Promise<void> {
  const applied = async (command: "status" | "down") =>
    (await migrate(database, command, { directory })).filter(({ appliedAt }) => appliedAt !== null);
  let count = (await applied("status")).length;
  if (count > own) throw new BackupError("the database is a newer version's: update first");
  if (count <= head.migration) return;
  const occupied = await database.transaction(occupiedTables);
  if (occupied.length > 0) {
    throw new BackupError(
      `the backup is of an older version (migration ${head.name}): it can only be read into an ` +
        `empty database, and ${occupied.join(", ")} have rows`,
    );
  }
  while (count > head.migration) count = (await applied("down")).length;
}

/** Locks out other writers, and requires that the tables are empty or (`replace`) empties them. */
async function requireRoom(sql: Transaction, replace: boolean): Promise<void> {
  const tables = await existingTables(sql);
  if (replace) {
    await sql.unsafe(`TRUNCATE ${tables.join(", ")}`);
    return;
  }
  await sql.unsafe(`LOCK TABLE ${tables.join(", ")} IN SHARE ROW EXCLUSIVE MODE`);
  const occupied = await occupiedTables(sql);
  if (occupied.length === 0) return;
  throw new BackupError(
    `the database is not empty (${
      occupied.join(", ")
    }): nothing is read; --replace deletes its rows first`,
  );
}

async function existingTables(sql: Transaction): Promise<BackupTable[]> {
  const there = await Promise.all(BACKUP_TABLES.map(async (table) => {
    const [row] = await sql<{ there: boolean }[]>`
      SELECT to_regclass(${table}) IS NOT NULL AS there`;
    return row?.there ? [table] : [];
  }));
  return there.flat();
}

async function occupiedTables(sql: Transaction): Promise<BackupTable[]> {
  const occupied: BackupTable[] = [];
  for (const table of await existingTables(sql)) {
    if ((await sql.unsafe(`SELECT FROM ${table} LIMIT 1`)).count > 0) occupied.push(table);
  }
  return occupied;
}

async function fill(
  sql: Transaction,
  statement: string,
  rows: AsyncIterable<Uint8Array>,
): Promise<number> {
  try {
    return await sql.copyIn(statement, rows);
  } catch (cause) {
    // A data error means that the backup's rows do not fit the tables.
    throw isDataError(cause) ? damaged({ cause }) : cause;
  }
}

/** Later rows get numbers after those that were read. */
async function continueNumbers(sql: Transaction, table: BackupTable): Promise<void> {
  const columns = await sql<{ name: string }[]>`
    SELECT quote_ident(attname) AS name FROM pg_catalog.pg_attribute
    WHERE attrelid = to_regclass(${table}) AND attidentity <> ''`;
  for (const { name } of columns) {
    await sql.unsafe(
      `SELECT setval(pg_get_serial_sequence($1, $2), coalesce(max(${name}), 0) + 1, false) FROM ${table}`,
      [table, name],
    );
  }
}
