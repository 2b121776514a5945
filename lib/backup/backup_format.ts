import { z } from "zod";

/**
 * A backup is the gzip of a text that `psql` can read too, as `pg_dump` writes one: the tables' rows as PostgreSQL's COPY
 * text, between two lines of JSON in comments.
 *
 *     -- Spot Canvas backup 1
 *     -- {"migration":8,"name":"0008_store_mark","writtenAt":"2026-11-27T04:00:00.000Z"}
 *     BEGIN;
 *     COPY products (product_id, …) FROM stdin;
 *     BTC-USD…
 *     \.
 *     COMMIT;
 *     -- {"rows":{"products":1,…},"sha256":"…"}
 *
 * `sha256` is of all bytes before the last line: it shows damage, not forgery. Whatever reads it takes rows of these
 * tables from it, and no statement.
 */
export const FIRST_LINE = "-- Spot Canvas backup 1";
export const BEGIN = "BEGIN;";
export const END_OF_ROWS = "\\.";
export const COMMIT = "COMMIT;";

/** Every table but the list of migrations. None refers to another. */
export const BACKUP_TABLES = [
  "products",
  "candles",
  "gaps",
  "backfills",
  "imports",
  "dead_letters",
  "store_mark",
  "doubts",
  "audits",
  "disagreements",
] as const;
export type BackupTable = typeof BACKUP_TABLES[number];

const HEAD = z.object({
  /** The last migration of the backed-up database. */
  migration: z.int().positive(),
  name: z.string().max(100),
  writtenAt: z.iso.datetime(),
});
export type BackupHead = Readonly<z.infer<typeof HEAD>>;

const TAIL = z.object({
  rows: z.partialRecord(z.enum(BACKUP_TABLES), z.int().nonnegative()),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});
export type BackupTail = Readonly<z.infer<typeof TAIL>>;

/** A backup that cannot be written or read. The message is one line. */
export class BackupError extends Error {
  override name = "BackupError";
}

/** The file's second line. */
export function readHead(line: string): BackupHead {
  return readJson(line, HEAD);
}

/** The file's last line. */
export function readTail(line: string): BackupTail {
  return readJson(line, TAIL);
}

/** A line for `readHead` or `readTail`. */
export function jsonLine(value: BackupHead | BackupTail): string {
  return `-- ${JSON.stringify(value)}`;
}

/** The line before a table's rows. */
export function copyLine(table: BackupTable, columns: readonly string[]): string {
  return `COPY ${table} (${columns.join(", ")}) FROM stdin;`;
}

/** The table and columns that such a line names. */
export function readCopyLine(
  line: string,
): { readonly table: BackupTable; readonly columns: readonly string[] } {
  const [, name, list = ""] = /^COPY ([a-z_]+) \(([a-z0-9_]+(?:, [a-z0-9_]+)*)\) FROM stdin;$/
    .exec(line) ?? [];
  const table = BACKUP_TABLES.find((known) => known === name);
  if (table === undefined) throw damaged();
  return { table, columns: list.split(", ") };
}

/** The error for a file that was changed or cut short. */
export function damaged(options?: ErrorOptions): BackupError {
  return new BackupError("the backup is damaged or cut short: nothing is read from it", options);
}

function readJson<Schema extends z.ZodType>(line: string, schema: Schema): z.infer<Schema> {
  try {
    return schema.parse(JSON.parse(line.replace(/^-- /, "")));
  } catch (cause) {
    throw damaged({ cause });
  }
}
