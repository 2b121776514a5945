import { join } from "node:path";
import postgres from "postgres";
import { findProgram } from "../../lib/embedded/command.ts";
import type { Progress } from "../../lib/embedded/progress.ts";
import { ensureDebianProgram } from "../harness/debian_install.ts";
import { until } from "../harness/wait.ts";
import { type Daemon, freePort, startDaemon } from "../harness/daemon.ts";

/**
 * An operator's PostgreSQL: Debian's, without TimescaleDB, on a separate port. Its owner stops it.
 */
export interface DebianPostgres {
  readonly port: number;
  readonly socketDirectory: string;
  /** A URL for a role; without one, the superuser's. */
  url(options?: UrlOptions): string;
  /** Runs statements as the superuser. */
  administer(statements: string, database?: string): Promise<void>;
  /** The rows of one statement, as the superuser sees them. */
  query(
    statement: string,
    database?: string,
  ): Promise<readonly Readonly<Record<string, unknown>>[]>;
  stop(): Promise<void>;
}

export interface UrlOptions {
  readonly user?: string;
  readonly password?: string;
  readonly database?: string;
  readonly host?: string;
  /** Without the question mark. */
  readonly search?: string;
}

/** How to start one. */
export interface PostgresOptions {
  /** Lines of postgresql.conf. */
  readonly settings?: readonly string[];
  /** Lines of pg_hba.conf for TCP; by default any role with its password. */
  readonly access?: readonly string[];
  /** Files of its directory, by name: certificates. */
  readonly files?: Readonly<Record<string, string>>;
}

const VERSIONS = ["15", "16", "17", "18"];
const PASSWORD = "of the superuser";

/** Where Debian's server programs are; installs them as root. */
export async function ensurePostgres(progress: Progress): Promise<string> {
  const program = await ensureDebianProgram({
    title: "Debian's PostgreSQL",
    packageName: "postgresql",
    help: "install Debian's postgresql",
    async find() {
      for (const version of VERSIONS) {
        const path = await findProgram(`/usr/lib/postgresql/${version}/bin/postgres`);
        if (path !== null) return path;
      }
      return null;
    },
  }, progress);
  return join(program, "..");
}

/** Makes a cluster in a new directory and starts it. */
export async function startDebianPostgres(options: PostgresOptions = {}): Promise<DebianPostgres> {
  const programs = await ensurePostgres(() => {});
  const port = freePort();
  const daemon = await startDaemon({
    title: "PostgreSQL",
    user: "postgres",
    stopSignal: "SIGINT",
    port,
    async prepare(directory, as) {
      const data = join(directory, "data");
      await Deno.writeTextFile(join(directory, "password"), PASSWORD);
      await as(`${programs}/initdb`, [
        "--pgdata",
        data,
        "--username=postgres",
        "--auth=scram-sha-256",
        `--pwfile=${join(directory, "password")}`,
        "--encoding=UTF8",
        "--no-sync",
      ]);
      for (const [name, text] of Object.entries(options.files ?? {})) {
        await Deno.writeTextFile(join(data, name), text, { mode: 0o600 });
      }
      await Deno.writeTextFile(
        join(data, "postgresql.conf"),
        [
          `port = ${port}`,
          "listen_addresses = '127.0.0.1'",
          `unix_socket_directories = '${directory}'`,
          "fsync = off",
          ...options.settings ?? [],
          "",
        ].join("\n"),
        { append: true },
      );
      const access = options.access ?? ["host all all 127.0.0.1/32 scram-sha-256"];
      await Deno.writeTextFile(
        join(data, "pg_hba.conf"),
        ["local all all scram-sha-256", ...access, ""].join("\n"),
      );
      return [`${programs}/postgres`, "-D", data];
    },
  });
  const server = serverOf(daemon, port);
  // It listens before it is ready.
  await until("PostgreSQL", () => server.query("SELECT 1").catch(() => null));
  return server;
}

function serverOf(daemon: Daemon, port: number): DebianPostgres {
  const admin = (database: string) =>
    postgres({
      path: `${daemon.directory}/.s.PGSQL.${port}`,
      user: "postgres",
      pass: PASSWORD,
      database,
      max: 1,
      fetch_types: false,
      onnotice: () => {},
    });
  const query = async (statement: string, database = "postgres") => {
    const sql = admin(database);
    try {
      return await sql.unsafe(statement);
    } finally {
      await sql.end();
    }
  };
  return {
    port,
    socketDirectory: daemon.directory,
    url({ user = "postgres", password = PASSWORD, database = "postgres", host, search } = {}) {
      return `postgres://${user}:${encodeURIComponent(password)}@${host ?? `127.0.0.1:${port}`}` +
        `/${database}${search ? `?${search}` : ""}`;
    },
    query,
    async administer(statements, database) {
      await query(statements, database);
    },
    stop: () => daemon.stop(),
  };
}
