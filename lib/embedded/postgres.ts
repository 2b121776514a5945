import { join } from "node:path";
import { GIVE_DATABASE_URL } from "./error.ts";
import { makeExtensionDumpable } from "./dumpable_extension.ts";
import { isDirectory } from "./installation.ts";
import { installPostgres, type PostgresBinaries } from "./postgres_binaries.ts";
import {
  clusterPaths,
  type ClusterRecord,
  createCluster,
  readCluster,
  writeCluster,
} from "./postgres_cluster.ts";
import { postgresArguments } from "./postgres_settings.ts";
import { stopLeftovers } from "./processes.ts";
import type { Progress } from "./progress.ts";
import { readReaderPassword } from "./reader_password.ts";
import { postgresUrl, readyPid } from "./running_postgres.ts";
import type { ServerHome, ServerOptions } from "./server_home.ts";
import { ServerProcess } from "./server_process.ts";
import { KeptServer } from "./kept_server.ts";
import { type Launched, launchWhenReady, startAtHome } from "./server_start.ts";
import { unprivilegedPrefix } from "./unprivileged.ts";

const NAME = { title: "PostgreSQL", directory: "postgres", instead: GIVE_DATABASE_URL } as const;
const PROGRAMS = ["postgres"];
const FAST_SHUTDOWN = "SIGINT";
const STOP_TIMEOUT_MS = 4000;

/** A running embedded PostgreSQL 17. The caller stops it. */
export interface EmbeddedPostgres {
  /** With its password: never log it. */
  readonly url: string;
  /** The password of the role for readers, kept beside the cluster. */
  readonly readerPassword: string;
  readonly port: number;
  /** The postmaster's process id. */
  readonly pid: number;
  /** Whether TimescaleDB can be created in its databases. */
  readonly timescale: boolean;
  /** Shuts it down in order, within 5 s. */
  stop(): Promise<void>;
  /** Ends it as a crash would. */
  kill(): Promise<void>;
}

/**
 * Starts PostgreSQL on 127.0.0.1, installing it and creating its cluster if necessary. Throws
 * `EmbeddedError`.
 */
export function startPostgres(options: ServerOptions): Promise<EmbeddedPostgres> {
  return startAtHome(NAME, options, (home) => start(home, options));
}

async function start(home: ServerHome, options: ServerOptions): Promise<EmbeddedPostgres> {
  const { data, log } = clusterPaths(home.path);
  await clearLeftovers(data, options.progress);
  const existing = await readCluster(home.path);
  const binaries = await installPostgres(options, existing?.timescale ?? null);
  const record = existing === null
    ? await createCluster(home.path, binaries, options)
    : { ...existing, dumpable: await ensureDumpable(existing, binaries, data, options) };
  const how = {
    lastPort: record.port,
    logPath: log,
    launch: (port: number) => launch(binaries, port, data, log),
    isReady: async ({ server }: Launched) => await readyPid(data) === server.pid,
  };
  const { server, port } = await launchWhenReady(NAME, options, how);
  await writeCluster(home.path, { ...record, port });
  const readerPassword = await readReaderPassword(home.path);
  const kept = new KeptServer(NAME.title, server, options.progress, async (signal) => {
    await clearLeftovers(data, options.progress);
    return (await launchWhenReady(NAME, { ...options, port, signal }, how)).server;
  });
  const leave = async () => {
    // A killed postmaster's children end only some time later.
    await stopLeftovers(data, PROGRAMS, "SIGKILL", 0);
    home.leave();
  };
  return {
    url: postgresUrl(record.password, port),
    readerPassword,
    port,
    get pid() {
      return kept.pid;
    },
    timescale: binaries.timescale,
    stop: () => kept.stop(STOP_TIMEOUT_MS).then(leave),
    kill: () => kept.kill().then(leave),
  };
}

async function ensureDumpable(
  { timescale, dumpable }: ClusterRecord,
  binaries: PostgresBinaries,
  data: string,
  { progress, signal }: ServerOptions,
): Promise<boolean> {
  return dumpable || !timescale || await makeExtensionDumpable(binaries, data, progress, signal);
}

async function launch(
  { directory, timescale }: PostgresBinaries,
  port: number,
  data: string,
  log: string,
): Promise<ServerProcess> {
  return await ServerProcess.launch({
    program: join(directory, "bin/postgres"),
    args: ["-D", data, "-p", String(port), ...postgresArguments(timescale)],
    cwd: data,
    logPath: log,
    stopSignal: FAST_SHUTDOWN,
    prefix: await unprivilegedPrefix(data),
  });
}

/**
 * Stops what a killed process left, and removes a pid file whose id now belongs to another process.
 */
async function clearLeftovers(data: string, progress: Progress): Promise<void> {
  if (await stopLeftovers(data, PROGRAMS, FAST_SHUTDOWN, STOP_TIMEOUT_MS)) {
    progress("PostgreSQL left running by a killed process stopped");
  }
  const pidFile = join(data, "postmaster.pid");
  const pid = Number((await Deno.readTextFile(pidFile).catch(() => "")).split("\n")[0]);
  // PostgreSQL would take the process that has that id now for its predecessor, and refuse to
  // start.
  if (pid > 0 && await isDirectory(`/proc/${pid}`)) await Deno.remove(pidFile);
}
