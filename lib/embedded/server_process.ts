import { searchPath, succeeds } from "./command.ts";
import { pause } from "../time/pause.ts";
import { signalAll } from "./processes.ts";

const POLL_MS = 5;

/** How a server is launched. */
export interface LaunchOptions {
  readonly program: string;
  readonly args: readonly string[];
  /** Its working directory, by which a later process recognises it as ours. */
  readonly cwd: string;
  /** Its output is appended here. */
  readonly logPath: string;
  /** What asks it to shut down in order; it gets this as well when our process dies. */
  readonly stopSignal: Deno.Signal;
  /** A command put before it, which must exec what follows. */
  readonly prefix?: readonly string[];
}

/**
 * A server of ours, in a session of its own: a terminal's Ctrl-C reaches only us, so that we can
 * finish our work before the server goes. Owned by whoever launched it, who stops or kills it.
 */
export class ServerProcess {
  readonly pid: number;
  /** Resolves when the server is gone. */
  readonly gone: Promise<void>;
  private running = true;

  private constructor(
    private readonly child: Deno.ChildProcess,
    private readonly stopSignal: Deno.Signal,
  ) {
    this.pid = child.pid;
    this.gone = child.status.then(() => {
      this.running = false;
    });
    // It must not keep alive a program that has nothing else to do.
    child.unref();
  }

  static async launch(options: LaunchOptions): Promise<ServerProcess> {
    const { program, args, cwd, logPath, stopSignal, prefix = [] } = options;
    const signalName = stopSignal.replace("SIG", "");
    // Not everywhere there; without it the next start stops what a killed process left.
    const withParent = await succeeds("setpriv", ["--pdeathsig", signalName, "true"])
      ? ["setpriv", "--pdeathsig", signalName]
      : [];
    const script = 'log=$1; shift; umask 077; exec "$@" >>"$log" 2>&1';
    const child = new Deno.Command("/bin/sh", {
      args: ["-c", script, "sh", logPath, ...prefix, ...withParent, program, ...args],
      cwd,
      clearEnv: true,
      env: serverEnvironment(),
      detached: true,
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    return new ServerProcess(child, stopSignal);
  }

  /** Waits until `isReady`, asked again and again, says so. False if the server ended instead. */
  async becomes(isReady: () => Promise<boolean>, signal?: AbortSignal): Promise<boolean> {
    while (this.running) {
      signal?.throwIfAborted();
      if (await isReady()) return true;
      await pause(POLL_MS, signal);
    }
    return false;
  }

  /** Asks it to shut down; kills it if that takes longer than `patienceMs`. */
  async stop(patienceMs: number): Promise<void> {
    if (!this.running) return;
    signalAll([this.pid], this.stopSignal);
    const patience = setTimeout(() => signalAll([this.pid], "SIGKILL"), patienceMs);
    await this.whenGone();
    clearTimeout(patience);
  }

  /** Ends it at once, as a crash would. */
  async kill(): Promise<void> {
    if (!this.running) return;
    signalAll([this.pid], "SIGKILL");
    await this.whenGone();
  }

  private async whenGone(): Promise<void> {
    this.child.ref();
    await this.gone;
  }
}

/** What a server's programs see of the environment: nothing of ours, no secrets among it. */
export function serverEnvironment(): Record<string, string> {
  return { PATH: searchPath(), LC_ALL: "C", TZ: "UTC" };
}
