/** `deno task migrate up|down|status`, on the database that DATABASE_URL names. */
import { openDatabase } from "../lib/store/database.ts";
import { describeError } from "../lib/store/database_error.ts";
import { parseDatabaseUrl } from "../lib/store/database_url.ts";
import { ensureReader } from "../lib/store/reader_role.ts";
import { migrate, type MigrationStatus } from "../lib/store/migrations.ts";

/** Runs the command and answers with the process' exit code. */
export async function main(
  args: readonly string[],
  url: string | undefined,
  print: (line: string) => void,
): Promise<number> {
  const [command = "status", ...rest] = args;
  if ((command !== "up" && command !== "down" && command !== "status") || rest.length > 0) {
    print("usage: deno task migrate up|down|status");
    return 2;
  }
  if (!url) {
    print(
      "DATABASE_URL is not set: name the database to migrate (an embedded one migrates itself)",
    );
    return 2;
  }
  try {
    const database = openDatabase(parseDatabaseUrl(url), {
      connections: 1,
      statementTimeoutMs: 0,
      onNotice: print,
    });
    try {
      const migrations = await migrate(database, command, { progress: print });
      for (const migration of migrations) print(describe(migration));
      const missing = command === "up" ? await ensureReader(database) : null;
      if (missing !== null) print(missing);
    } finally {
      await database.end({ timeout: 1 });
    }
    return 0;
  } catch (error) {
    print(describeError(error));
    return 1;
  }
}

function describe({ name, appliedAt }: MigrationStatus): string {
  return `${name}  ${appliedAt === null ? "not applied" : `applied ${appliedAt.toISOString()}`}`;
}

if (import.meta.main) {
  // deno-lint-ignore no-console
  Deno.exit(await main(Deno.args, Deno.env.get("DATABASE_URL"), console.log));
}
