import type { ReservedSql } from "postgres";
import type { Database } from "./database.ts";
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
  /** False leaves TimescaleDB alone even where it could be had. */
  readonly timescale?: boolean;
  /** Another directory of files than the project's own. */
  readonly directory?: URL;
  /** Told of every migration as it is applied or reverted. */
  readonly progress?: (line: string) => void;
}

interface Applied {
  readonly name: string;
  readonly checksum: string;
  readonly appliedAt: Date;
}

/** Any fixed number: processes that start at once migrate one after the other. */
const ADVISORY_LOCK = 7_308_912_446;

/**
 * `up` applies every migration that is not applied yet, `down` reverts the last one, `status` only looks; all
 * answer with the state afterwards. Each migration runs in a transaction of its own, all of them under one
 * advisory lock. Throws a `MigrationError` if an applied file has changed since, or if one fails (it then has
 * left no trace); the database's own error if it is down.
 */
export async function migrate(
  database: Database,
  command: "up" | "down" | "status",
  options: MigrateOptions = {},
): Promise<readonly MigrationStatus[]> {
  const migrations = await readMigrations(options.directory);
  // Session locks and settings live on one connection, so one is set aside.
  const session = await database.reserve();
  try {
    await session`SELECT pg_advisory_lock(${ADVISORY_LOCK})`;
    try {
      await prepare(session, options);
      const applied = await readApplied(session);
      refuseChanges(migrations, applied);
      if (command === "up") await applyMissing(session, migrations, applied, options);
      if (command === "down") await revertLast(session, migrations, applied, options);
      return describe(migrations, await readApplied(session));
    } finally {
      await session`SELECT pg_advisory_unlock(${ADVISORY_LOCK})`.catch(() => {
        // The connection is gone, and the lock with it.
      });
    }
  } finally {
    session.release();
  }
}

async function prepare(session: ReservedSql, { timescale = true }: MigrateOptions): Promise<void> {
  await session`SELECT set_config('spot_canvas.timescale', ${timescale ? "on" : "off"}, false)`;
  await session`CREATE TABLE IF NOT EXISTS migrations (
    number     integer     PRIMARY KEY,
    name       text        NOT NULL,
    checksum   text        NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
  )`;
}

async function readApplied(session: ReservedSql): Promise<ReadonlyMap<number, Applied>> {
  const rows = await session<
    { number: number; name: string; checksum: string; applied_at: Date }[]
  >`SELECT number, name, checksum, applied_at FROM migrations ORDER BY number`;
  return new Map(
    rows.map(({ number, name, checksum, applied_at }) => [number, {
      name,
      checksum,
      appliedAt: applied_at,
    }]),
  );
}

function refuseChanges(
  migrations: readonly Migration[],
  applied: ReadonlyMap<number, Applied>,
): void {
  for (const { number, name, checksum } of migrations) {
    const before = applied.get(number);
    if (before !== undefined && before.checksum !== checksum) {
      throw new MigrationError(
        `migration ${name} has changed since it was applied on ${before.appliedAt.toISOString()}: ` +
          "restore the file and add a new migration instead",
      );
    }
  }
}

async function applyMissing(
  session: ReservedSql,
  migrations: readonly Migration[],
  applied: ReadonlyMap<number, Applied>,
  { progress }: MigrateOptions,
): Promise<void> {
  for (const migration of migrations) {
    if (applied.has(migration.number)) continue;
    const { number, name, checksum } = migration;
    await inTransaction(session, `migration ${name} failed`, async () => {
      await session.unsafe(migration.up).simple();
      await session`INSERT INTO migrations (number, name, checksum)
        VALUES (${number}, ${name}, ${checksum})`;
    });
    progress?.(`migration ${name} applied`);
  }
}

async function revertLast(
  session: ReservedSql,
  migrations: readonly Migration[],
  applied: ReadonlyMap<number, Applied>,
  { progress }: MigrateOptions,
): Promise<void> {
  const number = Math.max(0, ...applied.keys());
  if (number === 0) return;
  const migration = migrations[number - 1];
  if (migration === undefined) {
    throw new MigrationError(
      `migration ${applied.get(number)?.name} is newer than this program, which cannot revert it`,
    );
  }
  await inTransaction(session, `reverting migration ${migration.name} failed`, async () => {
    await session.unsafe(migration.down).simple();
    await session`DELETE FROM migrations WHERE number = ${number}`;
  });
  progress?.(`migration ${migration.name} reverted`);
}

async function inTransaction(
  session: ReservedSql,
  complaint: string,
  work: () => Promise<void>,
): Promise<void> {
  await session`BEGIN`;
  try {
    await work();
    await session`COMMIT`;
  } catch (cause) {
    await session`ROLLBACK`.catch(() => {
      // The connection is gone, and the transaction with it.
    });
    if (isDatabaseDown(cause)) throw cause;
    throw new MigrationError(`${complaint}: ${describeError(cause)}`, { cause });
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
