import { join } from "node:path";
import { findProgram } from "../../lib/embedded/command.ts";
import type { Progress } from "../../lib/embedded/progress.ts";
import { ensureDebianProgram } from "../harness/debian_install.ts";
import { type Daemon, freePort, startDaemon } from "../harness/daemon.ts";

/** How PgBouncer hands its connections around. */
export type PoolMode = "session" | "transaction";

/** A PgBouncer before a PostgreSQL. Its owner stops it. */
export interface PgBouncer extends Daemon {
  readonly port: number;
}

/** PgBouncer's program; installs Debian's as root. */
export function ensurePgBouncer(progress: Progress): Promise<string> {
  return ensureDebianProgram({
    title: "PgBouncer",
    packageName: "pgbouncer",
    help: "install Debian's pgbouncer",
    find: () => findProgram("pgbouncer"),
  }, progress);
}

/** Starts one with PgBouncer's own defaults, except for few connections to share. */
export async function startPgBouncer(
  mode: PoolMode,
  server: { readonly port: number },
  users: Readonly<Record<string, string>>,
  connections: number,
): Promise<PgBouncer> {
  const program = await ensurePgBouncer(() => {});
  const port = freePort();
  const daemon = await startDaemon({
    title: "PgBouncer",
    user: "postgres",
    stopSignal: "SIGINT",
    port,
    async prepare(directory) {
      const list = Object.entries(users).map(([user, password]) => `"${user}" "${password}"`);
      await Deno.writeTextFile(join(directory, "users.txt"), `${list.join("\n")}\n`);
      await Deno.writeTextFile(
        join(directory, "pgbouncer.ini"),
        [
          "[databases]",
          `* = host=127.0.0.1 port=${server.port}`,
          "[pgbouncer]",
          "listen_addr = 127.0.0.1",
          `listen_port = ${port}`,
          "unix_socket_dir =",
          "auth_type = scram-sha-256",
          `auth_file = ${join(directory, "users.txt")}`,
          `pool_mode = ${mode}`,
          `default_pool_size = ${connections}`,
          "",
        ].join("\n"),
      );
      return [program, join(directory, "pgbouncer.ini")];
    },
  });
  return { ...daemon, port };
}
