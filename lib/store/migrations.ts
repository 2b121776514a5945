import type { Database, Statements } from "./database.ts";
import { describeError, isDatabaseDown } from "./database_error.ts";
import { type Migration, MigrationError, readMigrations } from "./migration_files.ts";

/** A migration and when it was applied (null: not yet). */
export interface MigrationStatus {
  readonly number: number;
  readonly name: string;
  readonly appliedAt: Date | null;
}

/** How to migrate; all of it optional. */
export interface MigrateOptions {
  /** False leaves TimescaleDB unused even where it is available. */
  readonly timescale?: boolean;
  /** Another directory of files than the project's own. */
  readonly directory?: URL;
  /** The last one to apply; all by default. */
  readonly through?: number;
  /** Called with a line for every migration that is applied or reverted. */
  readonly progress?: (line: string) => void;
}

interface Applied {
  readonly name: string;
  readonly checksum: string;
  readonly appliedAt: Date;
}

/** Any fixed number: processes that start together migrate one after the other. */
const ADVISORY_LOCK = 7_308_912_446;

/**
 * `up` applies every migration that is not applied yet, `down` reverts the last one, `status` changes nothing; all
 * return the state afterwards. Each migration runs in its own transaction, under an advisory lock
 * that ends with it. Throws a `MigrationError` if an applied file has changed since, or if one
 * fails (it then has left no trace); the database's own error if it is down.
 */
export async function migrate(
  database: Database,
  command: "up" | "down" | "status",
  options: MigrateOptions = {},
): Promise<readonly MigrationStatus[]> {
  const migrations = await readMigrations(options.directory);
  if (command === "up") { while (await applyNext(database, migrations, options)); }
  if (command === "down") await revertLast(database, migrations, options);
  const applied = await readApplied(database);
  refuseChanges(migrations, applied);
  return describe(migrations, applied);
}

/** Applies the first migration that is missing. False if there is none. */
async function applyNext(
  database: Database,
  migrations: readonly Migration[],
  { timescale = true, through = Infinity, progress }: MigrateOptions,
): Promise<boolean> {
  const done = await inTransaction(database, async (sql, attempt) => {
    const applied = await readApplied(sql);
    refuseChanges(migrations, applied);
    const next = migrations.find(({ number }) => number <= through && !applied.has(number));
    if (next === undefined) return null;
    await ensureTable(sql);
    const { number, name, checksum } = next;
    attempt(`migration ${name} failed`);
    await sql`SELECT set_config('spot_canvas.timescale', ${timescale ? "on" : "off"}, true)`;
    await sql.unsafe(next.up);
    await sql`INSERT INTO migrations (number, name, checksum)
      VALUES (${number}, ${name}, ${checksum})`;
    return `migration ${name} applied`;
  });
  if (done !== null) progress?.(done);
  return done !== null;
}

async function revertLast(
  database: Database,
  migrations: readonly Migration[],
  { progress }: MigrateOptions,
): Promise<void> {
  const done = await inTransaction(database, async (sql, attempt) => {
    const applied = await readApplied(sql);
    refuseChanges(migrations, applied);
    const number = Math.max(0, ...applied.keys());
    if (number === 0) return null;
    const migration = migrations[number - 1];
    if (migration === undefined) {
      throw new MigrationError(
        `migration ${applied.get(number)?.name} is newer than this program, which cannot revert it`,
      );
    }
    attempt(`reverting migration ${migration.name} failed`);
    await sql.unsafe(migration.down);
    await sql`DELETE FROM migrations WHERE number = ${number}`;
    return `migration ${migration.name} reverted`;
  });
  if (done !== null) progress?.(done);
}

/** Runs one step under the lock; `attempt` sets the message of a later error. */
async function inTransaction<Result>(
  database: Database,
  work: (sql: Statements, attempt: (complaint: string) => void) => Promise<Result>,
): Promise<Result> {
  let complaint = "the database cannot be migrated";
  try {
    return await database.transaction(async (sql) => {
      await sql`SELECT pg_advisory_xact_lock(${ADVISORY_LOCK}::bigint)`;
      return await work(sql, (next) => complaint = next);
    });
  } catch (cause) {
    if (isDatabaseDown(cause) || cause instanceof MigrationError) throw cause;
    throw new MigrationError(`${complaint}: ${describeError(cause)}`, { cause });
  }
}

/** Creates the table of applied migrations; explains what to do where the role may not. */
async function ensureTable(sql: Statements): Promise<void> {
  const [place] = await sql<
    { there: boolean; schema: string | null; allowed: boolean | null; path: string; role: string }[]
  >`SELECT to_regclass('migrations') IS NOT NULL AS there, current_schema() AS schema,
    has_schema_privilege(current_schema(), 'CREATE') AS allowed,
    current_setting('search_path') AS path, current_user AS role`;
  if (place === undefined || place.there) return;
  const { schema, allowed, path, role } = place;
  if (schema === null) await createSchema(sql, path, role);
  else if (!allowed) {
    throw new MigrationError(
      `the role ${role} may not create tables in the schema ${schema}: give it its own schema ` +
        `(CREATE SCHEMA … AUTHORIZATION ${role}) and name that with ?schema=… in the URL`,
    );
  }
  await sql`CREATE TABLE migrations (
    number     integer     PRIMARY KEY,
    name       text        NOT NULL,
    checksum   text        NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
  )`;
}

/** Creates the schema if the search path names exactly one and it does not exist. */
async function createSchema(sql: Statements, path: string, role: string): Promise<void> {
  const [, quoted, plain] = /^(?:"((?:[^"]|"")+)"|([a-z_][a-z0-9_]*))$/.exec(path) ?? [];
  const name = quoted?.replaceAll('""', '"') ?? plain;
  const [may] = await sql<{ create: boolean }[]>`
    SELECT has_database_privilege(current_database(), 'CREATE') AS create`;
  if (name === undefined || name === "$user" || !may?.create) {
    throw new MigrationError(
      `no schema of the search_path (${path}) exists: make one (CREATE SCHEMA … AUTHORIZATION ${role})`,
    );
  }
  await sql.unsafe(`CREATE SCHEMA "${name.replaceAll('"', '""')}"`);
}

async function readApplied(sql: Statements): Promise<ReadonlyMap<number, Applied>> {
  const [place] = await sql<{ there: boolean }[]>`
    SELECT to_regclass('migrations') IS NOT NULL AS there`;
  if (!place?.there) return new Map();
  const rows = await sql<{ number: number; name: string; checksum: string; applied_ms: string }[]>`
    SELECT number, name, checksum, floor(extract(epoch FROM applied_at) * 1000)::bigint AS applied_ms
    FROM migrations ORDER BY number`;
  return new Map(
    rows.map(({ number, name, checksum, applied_ms }) => [number, {
      name,
      checksum,
      appliedAt: new Date(Number(applied_ms)),
    }]),
  );
}

function refuseChanges(
  migrations: readonly Migration[],
  applied: ReadonlyMap<number, Applied>,
): void {
  for (const { number, name, checksum, formerly } of migrations) {
    const before = applied.get(number);
    if (before === undefined || formerly.includes(before.checksum)) continue;
    if (before.checksum !== checksum) {
      throw new MigrationError(
        `migration ${name} has changed since it was applied on ${before.appliedAt.toISOString()}: ` +
          "restore the file and add a new migration instead",
      );
    }
  }
}

function describe(
  migrations: readonly Migration[],
  applied: ReadonlyMap<number, Applied>,
): readonly MigrationStatus[] {
  const newer = [...applied].filter(([number]) => number > migrations.length);
  return [
    ...migrations.map(({ number, name }) => ({
      number,
      name,
      appliedAt: applied.get(number)?.appliedAt ?? null,
    })),
    ...newer.map(([number, { name, appliedAt }]) => ({ number, name, appliedAt })),
  ];
}
