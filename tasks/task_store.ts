import { join } from "node:path";
import type { Config } from "../lib/config.ts";
import { EmbeddedError, runningPostgresUrl, startPostgres } from "../lib/embedded/mod.ts";
import { DatabaseDownError } from "../lib/store/database_error.ts";
import { openStore, type Store } from "../lib/store/store.ts";

/** A store that a task opened, with the server it may have started for it. */
export interface TaskStore extends AsyncDisposable {
  readonly store: Store;
}

/** A task's database server. The caller stops it. */
export interface TaskServer {
  readonly url: string;
  /** Stops the server if it was started for the task. */
  stop(): Promise<void>;
}

/** Finds the database that the app would use: DATABASE_URL's, or the embedded one, started if it is not running. */
export async function findTaskServer(
  config: Pick<Config, "databaseUrl" | "dataDir">,
  print: (line: string) => void,
): Promise<TaskServer> {
  if (config.databaseUrl === null) return await embeddedServer(config.dataDir, print);
  return { url: config.databaseUrl, stop: () => Promise.resolve() };
}

/**
 * Opens the database that the app would use: DATABASE_URL's, or the embedded one, which is started for the task unless
 * the app runs it. Rejects if it cannot be reached or migrated now: a task does not wait for a database.
 */
export async function openTaskStore(
  config: Config,
  print: (line: string) => void,
): Promise<TaskStore> {
  const server = await findTaskServer(config, print);
  try {
    const store = await openReady(server.url);
    return {
      store,
      async [Symbol.asyncDispose]() {
        await store.close();
        await server.stop();
      },
    };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function embeddedServer(dataDir: string, print: (line: string) => void): Promise<TaskServer> {
  try {
    const postgres = await startPostgres({
      dataDir,
      binDir: join(import.meta.dirname ?? ".", "../.data/bin"),
      progress: print,
    });
    return { url: postgres.url, stop: () => postgres.stop() };
  } catch (error) {
    // While the app is running the directory is in use: then the app's server is used.
    const url = error instanceof EmbeddedError ? await runningPostgresUrl(dataDir) : null;
    if (url === null) throw error;
    return { url, stop: () => Promise.resolve() };
  }
}

async function openReady(url: string): Promise<Store> {
  const failure = Promise.withResolvers<never>();
  const note = (_message: string, properties?: Record<string, unknown>) => {
    if (typeof properties?.reason === "string") {
      failure.reject(new DatabaseDownError(properties.reason));
    }
  };
  const store = await openStore(url, { log: { info() {}, warn: note, error: note } });
  try {
    await Promise.race([store.ready(), failure.promise]);
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
}
