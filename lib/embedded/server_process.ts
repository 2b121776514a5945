import { searchPath, succeeds } from "./command.ts";
import { pause } from "../time/pause.ts";
import { signalAll } from "./processes.ts";

const POLL_MS = 5;

export interface LaunchOptions {
  readonly program: string;
  readonly args: readonly string[];
  /** Its working directory, by which a later process recognises it as ours. */
  readonly cwd: string;
  /** Its output is appended here. */
  readonly logPath: string;
  /** The signal that shuts it down; it also gets this when our process dies. */
  readonly stopSignal: Deno.Signal;
  /** A command to put before it, which must exec the rest. */
  readonly prefix?: readonly string[];
}

/**
 * An embedded server in its own session: a terminal's Ctrl-C reaches only us, so that we can finish
 * our work before the server ends. Its launcher stops or kills it.
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
    // It must not keep the process alive.
    child.unref();
  }

  static async launch(options: LaunchOptions): Promise<ServerProcess> {
    const { program, args, cwd, logPath, stopSignal, prefix = [] } = options;
    const signalName = stopSignal.replace("SIG", "");
    // Not available everywhere; without it the next start stops what a killed process left.
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

  /** Polls `isReady` until it is true. False if the server ended instead. */
  async becomes(isReady: () => Promise<boolean>, signal?: AbortSignal): Promise<boolean> {
    while (this.running) {
      signal?.throwIfAborted();
      if (await isReady()) return true;
      await pause(POLL_MS, signal);
    }
    return false;
  }

  /** Sends it the stop signal; kills it if shutting down takes longer than `timeoutMs`. */
  async stop(timeoutMs: number): Promise<void> {
    if (!this.running) return;
    signalAll([this.pid], this.stopSignal);
    const timer = setTimeout(() => signalAll([this.pid], "SIGKILL"), timeoutMs);
    await this.whenGone();
    clearTimeout(timer);
  }

  /** Ends it immediately, as a crash would. */
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

/** The environment of a server's programs, without any of our variables, which may be secrets. */
export function serverEnvironment(): Record<string, string> {
  return { PATH: searchPath(), LC_ALL: "C", TZ: "UTC" };
}
