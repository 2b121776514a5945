import { join } from "node:path";
import { run } from "./command.ts";
import { EmbeddedError } from "./error.ts";
import { isDirectory, removeTree } from "./installation.ts";
import type { PostgresBinaries } from "./postgres_binaries.ts";
import { POSTGRES_SETTINGS, TIMESCALE_SETTINGS } from "./postgres_settings.ts";
import { newPassword, writeSecretFile } from "./secret_file.ts";
import { unprivilegedPrefix } from "./unprivileged.ts";

/** The role and the database of an embedded PostgreSQL. */
export const POSTGRES_NAME = "spot_canvas";

/** What is remembered about a cluster, in a file only its owner may read. */
export interface ClusterRecord {
  readonly password: string;
  /** The port of its last start, null before the first. */
  readonly port: number | null;
  /** Whether it was made with TimescaleDB, and so needs it. */
  readonly timescale: boolean;
}

/** Where a cluster's files are: `directory` is `{dataDir}/postgres`. */
export function clusterPaths(directory: string) {
  return {
    data: join(directory, "cluster"),
    record: join(directory, "connection.json"),
    log: join(directory, "server.log"),
    lock: join(directory, "lock"),
  } as const;
}

/** The cluster's record, or null if there is no cluster yet. */
export async function readCluster(directory: string): Promise<ClusterRecord | null> {
  const { data, record } = clusterPaths(directory);
  if (!await isDirectory(data)) return null;
  const version = (await Deno.readTextFile(join(data, "PG_VERSION")).catch(() => "?")).trim();
  if (version !== "17") {
    throw new EmbeddedError(`${data} is of PostgreSQL ${version}, not 17: move it away`);
  }
  const saved: unknown = JSON.parse(await Deno.readTextFile(record).catch(() => "null"));
  if (!isRecord(saved)) {
    throw new EmbeddedError(`${record} is not readable: move ${directory} away to start anew`);
  }
  return saved;
}

export async function writeCluster(directory: string, record: ClusterRecord): Promise<void> {
  await writeSecretFile(clusterPaths(directory).record, JSON.stringify(record));
}

/** Makes a new cluster with the database in it; killed halfway, it is made again. */
export async function createCluster(
  directory: string,
  binaries: PostgresBinaries,
  signal?: AbortSignal,
): Promise<ClusterRecord> {
  const { data } = clusterPaths(directory);
  const draft = `${data}.draft`;
  const passwordFile = join(directory, "password.draft");
  const record = { password: newPassword(), port: null, timescale: binaries.timescale };
  await removeTree(draft);
  await writeSecretFile(passwordFile, record.password);
  await Deno.mkdir(draft, { mode: 0o700 });
  try {
    const prefix = await unprivilegedPrefix(directory);
    await initdb(binaries, prefix, draft, passwordFile, signal);
    await single(binaries, prefix, draft, "postgres", `CREATE DATABASE ${POSTGRES_NAME}`, signal);
    if (binaries.timescale) {
      const sql = "CREATE EXTENSION timescaledb";
      await single(binaries, prefix, draft, POSTGRES_NAME, sql, signal);
    }
  } finally {
    await Deno.remove(passwordFile);
  }
  await writeCluster(directory, record);
  await Deno.rename(draft, data);
  return record;
}

async function initdb(
  { directory }: PostgresBinaries,
  prefix: readonly string[],
  data: string,
  passwordFile: string,
  signal?: AbortSignal,
): Promise<void> {
  await runFirst([
    ...prefix,
    join(directory, "bin/initdb"),
    `--pgdata=${data}`,
    `--username=${POSTGRES_NAME}`,
    `--pwfile=${passwordFile}`,
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale=C.UTF-8",
    "--no-instructions",
  ], { signal });
}

/** Runs one statement in the single-user mode, in which nobody can connect. */
async function single(
  { directory, timescale }: PostgresBinaries,
  prefix: readonly string[],
  data: string,
  database: string,
  sql: string,
  signal?: AbortSignal,
): Promise<void> {
  const settings = [...POSTGRES_SETTINGS, ...(timescale ? TIMESCALE_SETTINGS : [])];
  await runFirst([
    ...prefix,
    join(directory, "bin/postgres"),
    "--single",
    ...settings.flatMap((setting) => ["-c", setting]),
    "-c",
    "exit_on_error=on",
    "-D",
    data,
    database,
  ], { input: `${sql}\n`, signal });
}

async function runFirst(
  [program = "", ...args]: readonly string[],
  options: { readonly input?: string; readonly signal?: AbortSignal },
): Promise<void> {
  await run(program, args, options);
}

function isRecord(value: unknown): value is ClusterRecord {
  return typeof value === "object" && value !== null &&
    "password" in value && typeof value.password === "string" &&
    "port" in value && (value.port === null || typeof value.port === "number") &&
    "timescale" in value && typeof value.timescale === "boolean";
}
