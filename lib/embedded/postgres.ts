import { join } from "node:path";
import { EmbeddedError, GIVE_DATABASE_URL, reasonOf } from "./error.ts";
import { FileLock } from "./file_lock.ts";
import { type InstallOptions, isDirectory } from "./installation.ts";
import { choosePort, isPortFree } from "./port.ts";
import { installPostgres, type PostgresBinaries } from "./postgres_binaries.ts";
import {
  clusterPaths,
  type ClusterRecord,
  createCluster,
  POSTGRES_NAME,
  readCluster,
  writeCluster,
} from "./postgres_cluster.ts";
import { POSTGRES_SETTINGS, TIMESCALE_SETTINGS } from "./postgres_settings.ts";
import { stopLeftovers } from "./processes.ts";
import { timed } from "./progress.ts";
import { ServerProcess } from "./server_process.ts";
import { requireLinux } from "./platform.ts";
import { startLog } from "./server_log.ts";
import { unprivilegedPrefix } from "./unprivileged.ts";

const PROGRAMS = ["postgres"];
const STOP_PATIENCE_MS = 4000;
const PORT_ATTEMPTS = 5;

export interface PostgresOptions extends InstallOptions {
  /** Its files live in `{dataDir}/postgres`. */
  readonly dataDir: string;
  /** The port it must have; without it the last one if that is free, else any. */
  readonly port?: number;
}

/** A running PostgreSQL 17 of our own. Whoever started it stops it. */
export interface EmbeddedPostgres {
  /** With its password: never log it. */
  readonly url: string;
  readonly port: number;
  /** The postmaster's. */
  readonly pid: number;
  /** Whether TimescaleDB is in it; the extension then exists in its database. */
  readonly timescale: boolean;
  /** Shuts it down in order, within 5 s. */
  stop(): Promise<void>;
  /** Ends it as a crash would. */
  kill(): Promise<void>;
}

/**
 * Starts PostgreSQL on 127.0.0.1, installing it and making its cluster if need be.
 * Throws `EmbeddedError`.
 */
export async function startPostgres(options: PostgresOptions): Promise<EmbeddedPostgres> {
  requireLinux("PostgreSQL", GIVE_DATABASE_URL);
  const directory = join(options.dataDir, "postgres");
  await Deno.mkdir(directory, { recursive: true, mode: 0o700 });
  const home = await Deno.realPath(directory);
  const lock = await FileLock.tryTake(clusterPaths(home).lock);
  if (lock === null) {
    throw new EmbeddedError(
      `${home} is in use by another process: stop that one, or give this one its own DATA_DIR`,
    );
  }
  try {
    return await startLocked(home, lock, options);
  } catch (error) {
    lock[Symbol.dispose]();
    options.signal?.throwIfAborted();
    if (error instanceof EmbeddedError) throw error;
    throw new EmbeddedError(
      `PostgreSQL cannot be started here (${reasonOf(error)}): ${GIVE_DATABASE_URL}`,
      { cause: error },
    );
  }
}

async function startLocked(
  home: string,
  lock: FileLock,
  options: PostgresOptions,
): Promise<EmbeddedPostgres> {
  const { data } = clusterPaths(home);
  const { progress, signal } = options;
  await clearLeftovers(home, progress);
  const existing = await readCluster(home);
  const binaries = await installPostgres(options, existing?.timescale ?? null);
  const record = existing ??
    await timed(
      progress,
      "PostgreSQL cluster made",
      () => createCluster(home, binaries, signal),
    );
  const { server, port } = await timed(
    progress,
    ({ port }) => `PostgreSQL ready on port ${port}`,
    () => launchOnSomePort(home, binaries, record, options),
  );
  await writeCluster(home, { ...record, port });
  const end = async (patienceMs: number) => {
    if (patienceMs > 0) await server.stop(patienceMs);
    else await server.kill();
    await stopLeftovers(data, PROGRAMS, "SIGKILL", 0);
    lock[Symbol.dispose]();
  };
  return {
    url: `postgres://${POSTGRES_NAME}:${record.password}@127.0.0.1:${port}/${POSTGRES_NAME}`,
    port,
    pid: server.pid,
    timescale: binaries.timescale,
    stop: () => end(STOP_PATIENCE_MS),
    kill: () => end(0),
  };
}

/** Stops servers that a killed process left, and removes a pid file that means somebody else. */
async function clearLeftovers(home: string, progress: InstallOptions["progress"]): Promise<void> {
  const { data } = clusterPaths(home);
  if (await stopLeftovers(data, PROGRAMS, "SIGINT", STOP_PATIENCE_MS)) {
    progress("PostgreSQL left running by a killed process stopped");
  }
  const pidFile = join(data, "postmaster.pid");
  const pid = Number((await Deno.readTextFile(pidFile).catch(() => "")).split("\n")[0]);
  // PostgreSQL would take any process of ours with that id for its predecessor, and refuse to start.
  if (pid > 0 && await isDirectory(`/proc/${pid}`)) await Deno.remove(pidFile);
}

async function launchOnSomePort(
  home: string,
  binaries: PostgresBinaries,
  record: ClusterRecord,
  options: PostgresOptions,
): Promise<{ server: ServerProcess; port: number }> {
  for (let attempt = 1;; attempt++) {
    const port = options.port ?? choosePort(attempt === 1 ? record.port : null);
    const log = await startLog(clusterPaths(home).log);
    const server = await launch(home, binaries, port);
    if (await isReady(server, home, options.signal)) return { server, port };
    const complaint = await log.complaint();
    // Somebody took the port after it was found free.
    const retry = options.port === undefined && attempt < PORT_ATTEMPTS && !isPortFree(port);
    if (!retry) {
      throw new EmbeddedError(
        `PostgreSQL did not start (${complaint}; more in ${log.path}): ${GIVE_DATABASE_URL}`,
      );
    }
  }
}

async function launch(
  home: string,
  { directory, timescale }: PostgresBinaries,
  port: number,
): Promise<ServerProcess> {
  const { data, log } = clusterPaths(home);
  const settings = [...POSTGRES_SETTINGS, ...(timescale ? TIMESCALE_SETTINGS : [])];
  return await ServerProcess.launch({
    program: join(directory, "bin/postgres"),
    args: ["-D", data, "-p", String(port), ...settings.flatMap((setting) => ["-c", setting])],
    cwd: data,
    logPath: log,
    stopSignal: "SIGINT",
    prefix: await unprivilegedPrefix(data),
  });
}

async function isReady(
  server: ServerProcess,
  home: string,
  signal?: AbortSignal,
): Promise<boolean> {
  const pidFile = join(clusterPaths(home).data, "postmaster.pid");
  try {
    return await server.becomes(async () => {
      const lines = (await Deno.readTextFile(pidFile).catch(() => "")).split("\n");
      return Number(lines[0]) === server.pid && lines[7]?.trim() === "ready";
    }, signal);
  } catch (error) {
    await server.kill();
    throw error;
  }
}
