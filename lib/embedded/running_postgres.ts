import { join } from "node:path";
import { POSTGRES_NAME } from "./cluster_template.ts";
import { clusterPaths, readCluster } from "./postgres_cluster.ts";

const LOOPBACK = "127.0.0.1";

/** Where a cluster's server can be reached, with its password: never log it. */
export function postgresUrl(password: string, port: number): string {
  return `postgres://${POSTGRES_NAME}:${password}@${LOOPBACK}:${port}/${POSTGRES_NAME}`;
}

/** The process id in a server's pid file, whose last line is the state; null unless it is ready. */
export async function readyPid(data: string): Promise<number | null> {
  const text = await Deno.readTextFile(join(data, "postmaster.pid")).catch(() => "");
  const lines = text.split("\n");
  return lines[7]?.trim() === "ready" ? Number(lines[0]) : null;
}

/**
 * The URL of the embedded PostgreSQL that another process of the same user runs on `dataDir`, or null if none is ready.
 * For a directory that was found in use; the server of a killed process may look like one in use.
 */
export async function runningPostgresUrl(dataDir: string): Promise<string | null> {
  const home = join(dataDir, "postgres");
  const record = await readCluster(home).catch(() => null);
  if (record === null || record.port === null) return null;
  const pid = await readyPid(clusterPaths(home).data);
  return pid === null ? null : postgresUrl(record.password, record.port);
}
