import { run } from "../../lib/embedded/command.ts";
import { until } from "./wait.ts";

/** A server program in its own directory. */
export interface Daemon {
  readonly directory: string;
  /** Ends it and removes its directory. */
  stop(): Promise<void>;
}

/** Runs a command to its end as the server's user. */
export type RunAs = (program: string, args: readonly string[]) => Promise<void>;

/** What to start, and how. */
export interface DaemonOptions {
  readonly title: string;
  /** The user that it runs as where the tests run as root, which such servers refuse. */
  readonly user: string;
  readonly stopSignal: Deno.Signal;
  /** Where it listens once it is ready. */
  readonly port: number;
  /** Writes its files and gives the command line. */
  prepare(directory: string, as: RunAs): Promise<readonly string[]>;
}

/** Starts a server and waits until it listens. */
export async function startDaemon(options: DaemonOptions): Promise<Daemon> {
  const { title, user, port } = options;
  const directory = await Deno.makeTempDir({ prefix: "spot-canvas-" });
  const isRoot = Deno.uid() === 0;
  const prefix = isRoot
    ? ["setpriv", `--reuid=${user}`, `--regid=${user}`, "--clear-groups", "--"]
    : [];
  const own = async () => {
    if (isRoot) await run("chown", ["-R", `${user}:${user}`, directory]);
  };
  await own();
  const [program = "", ...args] = [
    ...prefix,
    ...await options.prepare(directory, async (name, rest) => {
      await own();
      const [first = "", ...others] = [...prefix, name, ...rest];
      await run(first, others, { cwd: directory });
    }),
  ];
  await own();
  const child = new Deno.Command(program, {
    args,
    cwd: directory,
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const output = new Response(child.stderr).text();
  let ended = false;
  const status = child.status.then(() => ended = true);
  try {
    await until(title, async () => {
      if (ended) throw new Error(`${title} ended: ${await output}`);
      return await isListening(port);
    });
  } catch (error) {
    if (!ended) child.kill("SIGKILL");
    await status;
    throw error;
  }
  return {
    directory,
    async stop() {
      if (!ended) child.kill(options.stopSignal);
      await status;
      await output;
      await Deno.remove(directory, { recursive: true });
    },
  };
}

/** A port that nothing listens on now. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

async function isListening(port: number): Promise<boolean> {
  try {
    (await Deno.connect({ hostname: "127.0.0.1", port })).close();
    return true;
  } catch {
    return false;
  }
}
