import { join } from "node:path";
import { run } from "./command.ts";
import { copyCluster, POSTGRES_NAME, runAlone } from "./cluster_template.ts";
import { EmbeddedError } from "./error.ts";
import { type InstallOptions, isDirectory, removeTree } from "./installation.ts";
import type { PostgresBinaries } from "./postgres_binaries.ts";
import { newPassword, writeSecretFile } from "./secret_file.ts";

/** A cluster's saved settings, in a file that only its owner may read. */
export interface ClusterRecord {
  readonly password: string;
  /** The port of its last start, null before the first. */
  readonly port: number | null;
  /** Whether it was made with TimescaleDB, and so needs it. */
  readonly timescale: boolean;
  /** Whether `pg_dump` sees the extension: clusters of earlier versions were made with it before their server ran. */
  readonly dumpable: boolean;
}

/** Where a cluster's files are: `directory` is `{dataDir}/postgres`. */
export function clusterPaths(directory: string) {
  return {
    data: join(directory, "cluster"),
    record: join(directory, "connection.json"),
    log: join(directory, "server.log"),
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
    throw new EmbeddedError(
      `${record} is not readable: move ${directory} away to start with an empty one`,
    );
  }
  return { ...saved, dumpable: "dumpable" in saved && saved.dumpable === true };
}

export async function writeCluster(directory: string, record: ClusterRecord): Promise<void> {
  await writeSecretFile(clusterPaths(directory).record, JSON.stringify(record));
}

/** Creates a new cluster with its own password; one that was killed halfway is created again. */
export async function createCluster(
  directory: string,
  binaries: PostgresBinaries,
  options: InstallOptions,
): Promise<ClusterRecord> {
  const { data } = clusterPaths(directory);
  const draft = `${data}.draft`;
  const { timescale } = binaries;
  const record = { password: newPassword(), port: null, timescale, dumpable: true };
  await removeTree(draft);
  await copyCluster(draft, binaries, options);
  const sql = `ALTER ROLE ${POSTGRES_NAME} PASSWORD '${record.password}'`;
  await runAlone(binaries, draft, POSTGRES_NAME, sql, options.signal);
  await run("sync", ["--file-system", draft], { signal: options.signal });
  await writeCluster(directory, record);
  await Deno.rename(draft, data);
  return record;
}

function isRecord(value: unknown): value is Omit<ClusterRecord, "dumpable"> {
  return typeof value === "object" && value !== null &&
    "password" in value && typeof value.password === "string" &&
    "port" in value && (value.port === null || typeof value.port === "number") &&
    "timescale" in value && typeof value.timescale === "boolean";
}
