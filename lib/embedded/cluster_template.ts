import { basename, dirname, join } from "node:path";
import { run } from "./command.ts";
import { installOnce, type InstallOptions } from "./installation.ts";
import type { PostgresBinaries } from "./postgres_binaries.ts";
import { postgresArguments } from "./postgres_settings.ts";
import { serverEnvironment } from "./server_process.ts";
import { timed } from "./progress.ts";
import { unprivilegedPrefix } from "./unprivileged.ts";

/** The role and the database of an embedded PostgreSQL. */
export const POSTGRES_NAME = "spot_canvas";

/** Every login needs a password, and the role has none until it is given one. */
const ACCESS = "host all all 127.0.0.1/32 scram-sha-256\n";

/**
 * Copies a new cluster into `data`: the role without a password and the database. Extensions are created when its
 * server runs: `pg_dump` would take those created before for a part of the server, and leave them out. `initdb` runs
 * once for each `binDir` and user; the copy of what it made takes a fifth of its time.
 */
export async function copyCluster(
  data: string,
  binaries: PostgresBinaries,
  options: InstallOptions,
): Promise<void> {
  const { progress, signal } = options;
  const name = `${basename(binaries.directory)}-empty-cluster-of-${Deno.uid()}`;
  const template = await installOnce(
    name,
    { ...options, binDir: dirname(binaries.directory) },
    (staging) =>
      timed(progress, "PostgreSQL cluster made", () => makeCluster(staging, binaries, signal)),
  );
  await run("cp", ["-a", "--reflink=auto", template, data], { signal });
}

async function makeCluster(
  directory: string,
  binaries: PostgresBinaries,
  signal?: AbortSignal,
): Promise<string> {
  const data = join(directory, "cluster");
  await Deno.mkdir(data, { mode: 0o700 });
  const [program = "", ...args] = [
    ...await unprivilegedPrefix(data),
    join(binaries.directory, "bin/initdb"),
    `--pgdata=${data}`,
    `--username=${POSTGRES_NAME}`,
    // Not the machine's locales, whose order may change with an upgrade.
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--encoding=UTF8",
    "--auth=reject",
    "--no-instructions",
    "--no-sync",
  ];
  await run(program, args, { env: serverEnvironment(), signal });
  await Deno.writeTextFile(join(data, "pg_hba.conf"), ACCESS);
  // Saves three hundred files in every copy, compared with one more database.
  const rename = `ALTER DATABASE postgres RENAME TO ${POSTGRES_NAME}`;
  await runAlone(binaries, data, "template1", rename, signal);
  return data;
}

/** Runs one statement in a cluster that is not started, so that no client can connect. */
export async function runAlone(
  { directory, timescale }: PostgresBinaries,
  data: string,
  database: string,
  sql: string,
  signal?: AbortSignal,
): Promise<void> {
  const [program = "", ...args] = [
    ...await unprivilegedPrefix(data),
    join(directory, "bin/postgres"),
    "--single",
    "-D",
    data,
    ...postgresArguments(timescale),
    "-c",
    "exit_on_error=on",
    database,
  ];
  await run(program, args, { input: `${sql}\n`, env: serverEnvironment(), signal });
}
