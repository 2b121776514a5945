import { fileURLToPath } from "node:url";
import { READER_PERMISSIONS, READER_USER } from "../bus/reader_permissions.ts";
import type { Config } from "../config.ts";
import { type Embedded, EmbeddedError, type EmbeddedNats, startEmbedded } from "../embedded/mod.ts";
import type { Logger } from "../log.ts";

/** The directory of the embedded servers' programs: one per checkout, whatever the data directory. */
export const BIN_DIR = fileURLToPath(new URL("../../.data/bin", import.meta.url));

/** The servers' addresses; `nats` only if it is embedded. */
export interface Servers {
  readonly databaseUrl: string;
  readonly natsServers: readonly string[];
  readonly nats: EmbeddedNats | null;
  /** The readers' password of the embedded PostgreSQL. */
  readonly readerPassword: string | null;
  /** Stops the embedded servers; null if there are none. */
  readonly close: (() => Promise<void>) | null;
}

/** The servers that the configuration names; those that it does not name are started here. */
export async function findServers(
  { databaseUrl, natsServers, dataDir }: Pick<Config, "databaseUrl" | "natsServers" | "dataDir">,
  { log, signal }: { readonly log: Logger; readonly signal: AbortSignal },
): Promise<Servers> {
  if (databaseUrl !== null && natsServers !== null) {
    return { databaseUrl, natsServers, nats: null, readerPassword: null, close: null };
  }
  const embedded: Embedded = await startEmbedded({
    dataDir,
    binDir: BIN_DIR,
    needPostgres: databaseUrl === null,
    needNats: natsServers === null,
    natsReader: { user: READER_USER, permissions: READER_PERMISSIONS },
    progress: (line) => log.info("{line}", { line }),
    signal,
  });
  const found = {
    databaseUrl: databaseUrl ?? embedded.databaseUrl,
    natsServers: natsServers ?? (embedded.natsUrl === null ? null : [embedded.natsUrl]),
  };
  if (found.databaseUrl === null || found.natsServers === null) {
    await embedded.close();
    throw new EmbeddedError("an embedded server did not report its address");
  }
  return {
    databaseUrl: found.databaseUrl,
    natsServers: found.natsServers,
    nats: embedded.nats,
    readerPassword: embedded.postgres?.readerPassword ?? null,
    close: () => embedded.close(),
  };
}
