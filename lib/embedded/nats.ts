import { statfs } from "node:fs/promises";
import { join } from "node:path";
import { GIVE_NATS_URL } from "./error.ts";
import { installNats } from "./nats_binary.ts";
import { type LimitedUser, natsConfig, readNatsRecord, writeNatsRecord } from "./nats_config.ts";
import { greets, NATS_NAME } from "./nats_greeting.ts";
import { readReaderPassword } from "./reader_password.ts";
import { stopLeftovers } from "./processes.ts";
import { writeSecretFile } from "./secret_file.ts";
import type { ServerHome, ServerOptions } from "./server_home.ts";
import { ServerProcess } from "./server_process.ts";
import { KeptServer } from "./kept_server.ts";
import { type Launched, launchWhenReady, startAtHome } from "./server_start.ts";

const NAME = { title: "NATS", directory: "nats", instead: GIVE_NATS_URL } as const;
const PROGRAMS = ["nats-server"];
const STOP_SIGNAL = "SIGTERM";
const STOP_TIMEOUT_MS = 4000;
const GREETING_TIMEOUT_MS = 200;

/** A running embedded nats-server, with JetStream. The caller stops it. */
export interface EmbeddedNats {
  /**
   * With user and password (which the client library takes as options, not from the URL). Never log
   * it.
   */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Free space on its disk. */
  freeBytes(): Promise<number>;
  /** Shuts it down; it is started again on the same port and files, as after a crash. */
  restart(): Promise<void>;
  /** Shuts it down in order, within 5 s. */
  stop(): Promise<void>;
  /** Ends it as a crash would. */
  kill(): Promise<void>;
}

export interface NatsOptions extends ServerOptions {
  /** A second user with fewer permissions; without it no other user may connect. */
  readonly reader?: LimitedUser;
}

/** Starts nats-server on 127.0.0.1, installing it if necessary. Throws `EmbeddedError`. */
export function startNats(options: NatsOptions): Promise<EmbeddedNats> {
  return startAtHome(NAME, options, (home) => start(home, options));
}

async function start(home: ServerHome, options: NatsOptions): Promise<EmbeddedNats> {
  if (await stopLeftovers(home.path, PROGRAMS, STOP_SIGNAL, STOP_TIMEOUT_MS)) {
    options.progress("NATS left running by a killed process stopped");
  }
  const program = await installNats(options);
  const record = await readNatsRecord(home.path);
  const config = join(home.path, "nats.conf");
  const logPath = join(home.path, "server.log");
  const serverName = `${NATS_NAME}${crypto.randomUUID()}`;
  const store = join(home.path, "store");
  const reader = options.reader === undefined
    ? null
    : { ...options.reader, password: await readReaderPassword(home.path) };
  const how = {
    lastPort: record.port,
    logPath,
    async launch(port: number) {
      await writeSecretFile(config, natsConfig(record, { serverName, port, store, reader }));
      const args = ["-c", config];
      return ServerProcess.launch({
        program,
        args,
        cwd: home.path,
        logPath,
        stopSignal: STOP_SIGNAL,
      });
    },
    isReady: ({ port }: Launched) => greets(serverName, port, GREETING_TIMEOUT_MS),
  };
  const { server, port } = await launchWhenReady(NAME, options, how);
  await writeNatsRecord(home.path, { ...record, port });
  const kept = new KeptServer(NAME.title, server, options.progress, async (signal) => {
    return (await launchWhenReady(NAME, { ...options, port, signal }, how)).server;
  });
  return {
    url: `nats://${record.user}:${record.password}@127.0.0.1:${port}`,
    port,
    get pid() {
      return kept.pid;
    },
    freeBytes: async () => {
      const { bavail, bsize } = await statfs(store);
      return bavail * bsize;
    },
    restart: () => kept.restart(STOP_TIMEOUT_MS),
    stop: () => kept.stop(STOP_TIMEOUT_MS).then(home.leave),
    kill: () => kept.kill().then(home.leave),
  };
}
