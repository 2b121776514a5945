/**
 * `deno task backup write|read|check FILE`: the whole database in one portable file. The database is DATABASE_URL's or
 * the embedded one, whether the app is running or not.
 */
import {
  createBackupFile,
  openBackupFile,
  requirePlace,
  STANDARD,
} from "../lib/backup/backup_file.ts";
import { type BackupSummary, checkBackup, readBackup } from "../lib/backup/read_backup.ts";
import { writeBackup } from "../lib/backup/write_backup.ts";
import { ConfigError, readConfig } from "../lib/config.ts";
import { type Database, openDatabase } from "../lib/store/database.ts";
import { describeError } from "../lib/store/database_error.ts";
import { parseDatabaseUrl } from "../lib/store/database_url.ts";
import { findTaskServer } from "./task_store.ts";

const USAGE = `usage: deno task backup write FILE            back up the database
       deno task backup check FILE            see whether a backup is whole
       deno task backup read [--replace] FILE put a backup into an empty database (--replace: into any)
FILE is a path, or - for standard output or input.`;

type Env = Readonly<Record<string, string | undefined>>;
type Print = (line: string) => void;

/** Runs the command and answers with the process' exit code. */
export async function main(args: readonly string[], env: Env, print: Print): Promise<number> {
  const replace = args.includes("--replace");
  const [command, path, ...rest] = args.filter((arg) => arg !== "--replace");
  const isKnown = command === "write" || command === "check" || command === "read";
  const isOption = path !== STANDARD && path?.startsWith("-");
  if (!isKnown || !path || isOption || rest.length > 0 || (replace && command !== "read")) {
    print(USAGE);
    return 2;
  }
  try {
    if (command === "write") await write(path, env, print);
    else if (command === "check") print(describe(await checkBackup(openBackupFile(path))));
    else await read(path, replace, env, print);
    return 0;
  } catch (error) {
    print(error instanceof ConfigError ? error.message : describeError(error));
    return 1;
  }
}

async function write(path: string, env: Env, print: Print): Promise<void> {
  await requirePlace(path);
  await withDatabase(env, print, async (database) => {
    const file = await createBackupFile(path);
    try {
      const take = (bytes: Uint8Array) => file.take(bytes);
      await writeBackup(database, { take, writtenAt: new Date(), progress: print });
      const bytes = await file.finish();
      if (path !== STANDARD) print(`${path} written, ${(bytes / 2 ** 20).toFixed(1)} MB`);
    } finally {
      await file.abandon();
    }
  });
}

async function read(path: string, replace: boolean, env: Env, print: Print): Promise<void> {
  // A pipe can be read only once; a fault in it rolls everything back.
  if (path !== STANDARD) print(describe(await checkBackup(openBackupFile(path))));
  await withDatabase(env, print, async (database) => {
    await readBackup(database, openBackupFile(path), { replace, progress: print });
  });
  print("the backup is in place: Spot Canvas will fetch what is newer");
}

async function withDatabase(
  env: Env,
  print: Print,
  work: (database: Database) => Promise<void>,
): Promise<void> {
  const server = await findTaskServer(readConfig(env), print);
  try {
    const database = openDatabase(parseDatabaseUrl(server.url), {
      connections: 1,
      statementTimeoutMs: 0,
    });
    try {
      await work(database);
    } finally {
      await database.end({ timeout: 1 });
    }
  } finally {
    await server.stop();
  }
}

function describe({ head, tail }: BackupSummary): string {
  return `the backup of ${head.writtenAt} is whole: ${tail.rows.candles ?? 0} candles, ` +
    `migration ${head.name}`;
}

if (import.meta.main) {
  // Standard output may be the backup's.
  // deno-lint-ignore no-console
  Deno.exit(await main(Deno.args, Deno.env.toObject(), console.error));
}
