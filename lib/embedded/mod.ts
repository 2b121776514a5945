import { join } from "node:path";
import type { LimitedUser } from "./nats_config.ts";
import { type EmbeddedNats, startNats } from "./nats.ts";
import { type EmbeddedPostgres, startPostgres } from "./postgres.ts";
import type { Progress } from "./progress.ts";

export { EmbeddedError } from "./error.ts";
export { type EmbeddedNats, startNats } from "./nats.ts";
export { type EmbeddedPostgres, startPostgres } from "./postgres.ts";
export type { Progress } from "./progress.ts";
export { runningPostgresUrl } from "./running_postgres.ts";
export { runningNats, runningPostgres, type RunningServer } from "./running_servers.ts";
export type { ServerOptions } from "./server_home.ts";

/** What to start, and where. */
export interface EmbeddedOptions {
  /** The servers' data; one process at a time may use it. */
  readonly dataDir: string;
  /** The servers' programs, which many processes may share; `{dataDir}/bin` if not given. */
  readonly binDir?: string;
  readonly needPostgres: boolean;
  readonly needNats: boolean;
  /** Who may read from NATS. */
  readonly natsReader?: LimitedUser;
  readonly progress: Progress;
  /** Aborts starting; it does not stop what was started. */
  readonly signal?: AbortSignal;
}

/** The servers that were started. The caller closes them. */
export interface Embedded {
  readonly databaseUrl: string | null;
  readonly natsUrl: string | null;
  readonly postgres: EmbeddedPostgres | null;
  readonly nats: EmbeddedNats | null;
  /** Stops them in order, within 5 s. */
  close(): Promise<void>;
}

/**
 * Starts PostgreSQL (with TimescaleDB where available) and nats-server on this machine
 * concurrently, installing what is missing. Throws `EmbeddedError`, and then leaves nothing
 * running.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const { dataDir, needPostgres, needNats, progress } = options;
  const failure = new AbortController();
  const shared = {
    dataDir,
    progress,
    binDir: options.binDir ?? join(dataDir, "bin"),
    signal: AbortSignal.any([failure.signal, ...(options.signal ? [options.signal] : [])]),
  };
  const starting = [
    needPostgres ? startPostgres(shared) : null,
    needNats ? startNats({ ...shared, reader: options.natsReader }) : null,
  ] as const;
  try {
    const [postgres, nats] = await Promise.all(starting);
    return {
      databaseUrl: postgres?.url ?? null,
      natsUrl: nats?.url ?? null,
      postgres,
      nats,
      async close() {
        await Promise.all([postgres?.stop(), nats?.stop()]);
      },
    };
  } catch (error) {
    failure.abort(error);
    for (const outcome of await Promise.allSettled(starting)) {
      if (outcome.status === "fulfilled") await outcome.value?.stop();
    }
    throw error;
  }
}
