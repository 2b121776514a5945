import { type ChildProcess, spawn } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { readToParent, type ToParent, type ToWorker } from "./messages.ts";
import { ownFlags } from "./own_flags.ts";

const PROGRAM = fileURLToPath(new URL("../../serve.ts", import.meta.url));
const ARGUMENT = "--web-worker=";

/** The number of the worker that this process is; null if it was not started as one. */
export function workerNumber(): number | null {
  const text = Deno.args.find((arg) => arg.startsWith(ARGUMENT))?.slice(ARGUMENT.length);
  return text === undefined ? null : Number(text);
}

/** Callbacks for a worker's parent. */
export interface WorkerEvents {
  message(message: ToParent): void;
  /** The process is gone. */
  ended(how: string): void;
}

/** One web process, with a channel to it. Its starter ends it, at the latest with `kill`. */
export class WorkerProcess {
  readonly #child: ChildProcess;
  #over = false;

  /** `parentDies` is a command put before it, so that the kernel ends it with its parent; empty where there is none. */
  constructor(
    number: number,
    port: number,
    parentDies: readonly string[],
    { message, ended }: WorkerEvents,
  ) {
    const command = [...parentDies, Deno.execPath(), "run", ...ownFlags(), PROGRAM];
    const [program = "", ...args] = [...command, `${ARGUMENT}${number}`];
    this.#child = spawn(program, args, {
      env: { ...process.env, PORT: `${port}` },
      stdio: ["ignore", "inherit", "inherit", "ipc"],
      serialization: "advanced",
    });
    const end = (how: string) => {
      if (this.#over) return;
      this.#over = true;
      ended(how);
    };
    this.#child.on("message", (text: unknown) => message(readToParent(text)));
    this.#child.on("error", (error) => end(String(error)));
    this.#child.on("exit", (code, signal) => end(signal ?? `exit code ${code}`));
  }

  get pid(): number | null {
    return this.#child.pid ?? null;
  }

  /** Dropped if it has ended. */
  send(message: ToWorker): void {
    if (this.#over || !this.#child.connected) return;
    this.#child.send(message, undefined, undefined, () => {});
  }

  kill(): void {
    if (!this.#over) this.#child.kill("SIGKILL");
  }
}
