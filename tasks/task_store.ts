import { join } from "node:path";
import type { Config } from "../lib/config.ts";
import { EmbeddedError, startEmbedded } from "../lib/embedded/mod.ts";
import { DatabaseDownError } from "../lib/store/database_error.ts";
import { openStore, type Store } from "../lib/store/store.ts";

/** A store that a task opened, with the server it may have started for it. */
export interface TaskStore extends AsyncDisposable {
  readonly store: Store;
}

/**
 * Opens the database that the app would use: DATABASE_URL's, or the embedded one, which one process at a time may have.
 * Rejects if it cannot be reached or migrated now: a task does not wait for a database.
 */
export async function openTaskStore(
  config: Config,
  say: (line: string) => void,
): Promise<TaskStore> {
  const embedded = config.databaseUrl === null
    ? await startEmbedded({
      dataDir: config.dataDir,
      binDir: join(import.meta.dirname ?? ".", "../.data/bin"),
      needPostgres: true,
      needNats: false,
      progress: say,
    })
    : null;
  const url = config.databaseUrl ?? embedded?.databaseUrl ?? null;
  try {
    if (url === null) throw new EmbeddedError("the embedded PostgreSQL did not tell its address");
    const store = await openReady(url);
    return {
      store,
      async [Symbol.asyncDispose]() {
        await store.close();
        await embedded?.close();
      },
    };
  } catch (error) {
    await embedded?.close();
    throw error;
  }
}

async function openReady(url: string): Promise<Store> {
  const failure = Promise.withResolvers<never>();
  const tell = (_message: string, properties?: Record<string, unknown>) => {
    if (typeof properties?.reason === "string") {
      failure.reject(new DatabaseDownError(properties.reason));
    }
  };
  const store = await openStore(url, { log: { info() {}, warn: tell, error: tell } });
  try {
    await Promise.race([store.ready(), failure.promise]);
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
}
