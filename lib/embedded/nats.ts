import { join } from "node:path";
import { EmbeddedError, GIVE_NATS_URL, reasonOf } from "./error.ts";
import { FileLock } from "./file_lock.ts";
import type { InstallOptions } from "./installation.ts";
import { installNats } from "./nats_binary.ts";
import { natsConfig, readNatsRecord, writeNatsRecord } from "./nats_config.ts";
import { requireLinux } from "./platform.ts";
import { choosePort, isPortFree } from "./port.ts";
import { stopLeftovers } from "./processes.ts";
import { timed } from "./progress.ts";
import { writeSecretFile } from "./secret_file.ts";
import { startLog } from "./server_log.ts";
import { ServerProcess } from "./server_process.ts";

const PROGRAMS = ["nats-server"];
const STOP_PATIENCE_MS = 4000;
const PORT_ATTEMPTS = 5;

export interface NatsOptions extends InstallOptions {
  /** Its files live in `{dataDir}/nats`. */
  readonly dataDir: string;
  /** The port it must have; without it the last one if that is free, else any. */
  readonly port?: number;
}

/** A running nats-server of our own, with JetStream. Whoever started it stops it. */
export interface EmbeddedNats {
  /** With user and password: never log it. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Shuts it down in order, within 5 s. */
  stop(): Promise<void>;
  /** Ends it as a crash would. */
  kill(): Promise<void>;
}

/** Starts nats-server on 127.0.0.1, installing it if need be. Throws `EmbeddedError`. */
export async function startNats(options: NatsOptions): Promise<EmbeddedNats> {
  requireLinux("NATS", GIVE_NATS_URL);
  const directory = join(options.dataDir, "nats");
  await Deno.mkdir(directory, { recursive: true, mode: 0o700 });
  const home = await Deno.realPath(directory);
  const lock = await FileLock.tryTake(join(home, "lock"));
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
      `NATS cannot be started here (${reasonOf(error)}): ${GIVE_NATS_URL}`,
      { cause: error },
    );
  }
}

async function startLocked(
  home: string,
  lock: FileLock,
  options: NatsOptions,
): Promise<EmbeddedNats> {
  const { progress } = options;
  if (await stopLeftovers(home, PROGRAMS, "SIGTERM", STOP_PATIENCE_MS)) {
    progress("NATS left running by a killed process stopped");
  }
  const program = await installNats(options);
  const record = await readNatsRecord(home);
  const { server, port } = await timed(
    progress,
    ({ port }) => `NATS ready on port ${port}`,
    () => launchOnSomePort(home, program, record, options),
  );
  await writeNatsRecord(home, { ...record, port });
  const release = () => lock[Symbol.dispose]();
  return {
    url: `nats://${record.user}:${record.password}@127.0.0.1:${port}`,
    port,
    pid: server.pid,
    stop: () => server.stop(STOP_PATIENCE_MS).then(release),
    kill: () => server.kill().then(release),
  };
}

async function launchOnSomePort(
  home: string,
  program: string,
  record: Awaited<ReturnType<typeof readNatsRecord>>,
  options: NatsOptions,
): Promise<{ server: ServerProcess; port: number }> {
  for (let attempt = 1;; attempt++) {
    const port = options.port ?? choosePort(attempt === 1 ? record.port : null);
    const config = join(home, "nats.conf");
    await writeSecretFile(config, natsConfig(record, port, join(home, "store")));
    const log = await startLog(join(home, "server.log"));
    const server = await ServerProcess.launch({
      program,
      args: ["-c", config],
      cwd: home,
      logPath: log.path,
      stopSignal: "SIGTERM",
    });
    if (await isReady(server, port, options.signal)) return { server, port };
    const complaint = await log.complaint();
    // Somebody took the port after it was found free.
    const retry = options.port === undefined && attempt < PORT_ATTEMPTS && !isPortFree(port);
    if (!retry) {
      throw new EmbeddedError(
        `NATS did not start (${complaint}; more in ${log.path}): ${GIVE_NATS_URL}`,
      );
    }
  }
}

async function isReady(
  server: ServerProcess,
  port: number,
  signal?: AbortSignal,
): Promise<boolean> {
  try {
    return await server.becomes(() => greets(port), signal);
  } catch (error) {
    await server.kill();
    throw error;
  }
}

/** JetStream is up before clients are greeted. */
async function greets(port: number): Promise<boolean> {
  try {
    using connection = await Deno.connect({ hostname: "127.0.0.1", port });
    return (await connection.read(new Uint8Array(64)) ?? 0) > 0;
  } catch {
    return false;
  }
}
