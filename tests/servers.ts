import { join } from "node:path";
import { fileURLToPath } from "node:url";
import postgres from "postgres";
import {
  type EmbeddedNats,
  type EmbeddedPostgres,
  startNats,
  startPostgres,
} from "../lib/embedded/mod.ts";
import { NatsCluster } from "./harness/nats_cluster.ts";
import { SmallDisk } from "./harness/small_disk.ts";

/** A test's own databases and NATS servers, removed when it ends. */
export interface TestServers {
  /** A new, empty database on a PostgreSQL that the file's tests share. */
  database(): Promise<string>;
  /** The PostgreSQL itself, to stop and break: a private one, unlike `database()`'s. */
  postgres(disk?: SmallDisk): Promise<RestartableServer>;
  /** The test's own NATS server, its JetStream empty. */
  nats(disk?: SmallDisk): Promise<RestartableServer>;
  /** Several NATS servers that are one. */
  natsCluster(nodes: number): Promise<NatsCluster>;
  /** A disk that can be filled, for one of these servers. */
  smallDisk(megabytes: number): Promise<SmallDisk>;
}

/** A server that a test may break. It keeps its port and its files. */
export interface RestartableServer {
  readonly url: string;
  readonly pid: number;
  /** Ends it as a crash would (SIGKILL). */
  kill(): Promise<void>;
  /** Starts it again, on the same port and files. */
  restart(): Promise<void>;
}

const BIN_DIR = fileURLToPath(new URL("../.data/bin", import.meta.url));

let directory: string | null = null;
let shared: EmbeddedPostgres | null = null;
let needsShared = false;
let count = 0;

// Started and stopped outside the tests, so that no test is blamed for a process it did not start.
Deno.test.beforeAll(async () => {
  if (needsShared) shared = await launch(startPostgres);
});
Deno.test.afterAll(async () => {
  await shared?.stop();
  shared = null;
  if (directory !== null) await Deno.remove(directory, { recursive: true });
  directory = null;
});

/**
 * Wraps a test that needs real servers: `Deno.test("…", withServers(async ({ database, nats }) => …))`. The
 * servers are this repository's embedded ones, in a temporary directory. Databases and NATS servers are a
 * test's own, so that tests cannot see each other. Call it while the file loads.
 */
export function withServers(test: (servers: TestServers) => Promise<void>): () => Promise<void> {
  needsShared = true;
  return withNats(test);
}

/** The same for a test that needs no `database()`, so that no PostgreSQL is started for it. */
export function withNats(test: (servers: TestServers) => Promise<void>): () => Promise<void> {
  return async () => {
    const cleanups: (() => Promise<void>)[] = [];
    try {
      await test({
        database: () => newDatabase(cleanups),
        postgres: (disk) => newServer(startPostgres, cleanups, disk),
        nats: (disk) => newServer(startNats, cleanups, disk),
        async natsCluster(nodes) {
          const cluster = await NatsCluster.start(await newDirectory(), nodes);
          cleanups.push(() => cluster.kill());
          return cluster;
        },
        async smallDisk(megabytes) {
          const disk = await SmallDisk.mount(await newDirectory(), megabytes);
          cleanups.push(() => disk.unmount());
          return disk;
        },
      });
    } finally {
      for (const cleanup of cleanups.reverse()) await cleanup();
    }
  };
}

async function newDatabase(cleanups: (() => Promise<void>)[]): Promise<string> {
  if (shared === null) throw new Error("database() is for tests wrapped by withServers");
  const name = `test_${++count}`;
  await administer(shared.url, `CREATE DATABASE ${name}`);
  const { url } = shared;
  cleanups.push(() => administer(url, `DROP DATABASE ${name} WITH (FORCE)`));
  const own = new URL(url);
  own.pathname = `/${name}`;
  return own.href;
}

async function administer(url: string, statement: string): Promise<void> {
  const admin = postgres(url, { max: 1, fetch_types: false, onnotice: () => {} });
  await admin.unsafe(statement);
  await admin.end();
}

async function newServer<Server extends EmbeddedPostgres | EmbeddedNats>(
  starter: Starter<Server>,
  cleanups: (() => Promise<void>)[],
  disk?: SmallDisk,
): Promise<RestartableServer> {
  const dataDir = disk?.path ?? await newDirectory();
  let server = await launch(starter, dataDir);
  let running = true;
  cleanups.push(async () => {
    if (running) await server.stop();
  });
  return {
    url: server.url,
    get pid() {
      return server.pid;
    },
    async kill() {
      running = false;
      await server.kill();
    },
    async restart() {
      server = await launch(starter, dataDir, server.port);
      running = true;
    },
  };
}

type Starter<Server> = (
  options: { dataDir: string; binDir: string; port?: number; progress: (line: string) => void },
) => Promise<Server>;

async function launch<Server>(
  starter: Starter<Server>,
  dataDir?: string,
  port?: number,
): Promise<Server> {
  return await starter({
    dataDir: dataDir ?? await newDirectory(),
    binDir: BIN_DIR,
    port,
    progress: () => {},
  });
}

/** An empty directory that is removed when the file's tests have ended. */
export async function newDirectory(): Promise<string> {
  directory ??= await Deno.makeTempDir({ prefix: "spot-canvas-test-" });
  const own = join(directory, `server-${++count}`);
  await Deno.mkdir(own);
  return own;
}
