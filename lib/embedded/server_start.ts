import { EmbeddedError, reasonOf } from "./error.ts";
import { choosePort, isPortFree } from "./port.ts";
import { timed } from "./progress.ts";
import { enterHome, type ServerHome, type ServerOptions } from "./server_home.ts";
import { startLog } from "./server_log.ts";
import type { ServerProcess } from "./server_process.ts";

const PORT_ATTEMPTS = 5;

/** A server's name in messages, and what to do without it. */
export interface ServerName {
  /** `PostgreSQL` */
  readonly title: string;
  /** Its directory in `dataDir`. */
  readonly directory: string;
  /** `give DATABASE_URL, …` */
  readonly instead: string;
}

/** A server that is ready, and the port it listens on. */
export interface Launched {
  readonly server: ServerProcess;
  readonly port: number;
}

/**
 * Starts a server in its directory of `dataDir`, which stays entered if that succeeds. Every
 * failure becomes a one-line `EmbeddedError`, except an abort, which is thrown unchanged.
 */
export async function startAtHome<T>(
  { title, directory, instead }: ServerName,
  { dataDir, signal }: ServerOptions,
  start: (home: ServerHome) => Promise<T>,
): Promise<T> {
  if (Deno.build.os !== "linux") {
    throw new EmbeddedError(`${title} is not started by us on ${Deno.build.os}: ${instead}`);
  }
  const home = await enterHome(dataDir, directory);
  try {
    return await start(home);
  } catch (error) {
    home.leave();
    signal?.throwIfAborted();
    if (error instanceof EmbeddedError) throw error;
    const message = `${title} cannot be started here (${reasonOf(error)}): ${instead}`;
    throw new EmbeddedError(message, { cause: error });
  }
}

/**
 * Launches a server on the requested port, its last one or a free one, and waits until it is ready.
 * Fails if the port was taken after it was found free.
 */
export async function launchWhenReady(
  { title, instead }: ServerName,
  { port: fixedPort, progress, signal }: ServerOptions,
  { lastPort, logPath, launch, isReady }: {
    readonly lastPort: number | null;
    readonly logPath: string;
    readonly launch: (port: number) => Promise<ServerProcess>;
    readonly isReady: (launched: Launched) => Promise<boolean>;
  },
): Promise<Launched> {
  const attempt = async (remaining: number, wanted: number | null): Promise<Launched> => {
    const port = fixedPort ?? choosePort(wanted);
    const complaint = await startLog(logPath);
    const server = await launch(port);
    if (await becomesReady(server, () => isReady({ server, port }), signal)) {
      return { server, port };
    }
    if (fixedPort === undefined && remaining > 0 && !isPortFree(port)) {
      return await attempt(remaining - 1, null);
    }
    throw new EmbeddedError(
      `${title} did not start (${await complaint()}; more in ${logPath}): ${instead}`,
    );
  };
  return await timed(
    progress,
    ({ port }) => `${title} ready on port ${port}`,
    () => attempt(PORT_ATTEMPTS, lastPort),
  );
}

async function becomesReady(
  server: ServerProcess,
  isReady: () => Promise<boolean>,
  signal?: AbortSignal,
): Promise<boolean> {
  try {
    return await server.becomes(isReady, signal);
  } catch (error) {
    await server.kill();
    throw error;
  }
}
