import { fileURLToPath } from "node:url";
import { runtimeEnv, v8Arguments } from "../../tasks/v8_flags.ts";
import type { ImageTree } from "../image/image_tree.ts";
import { pause, until } from "./wait.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const KEPT_LINES = 200;
/** A process that does not end within this after SIGTERM would be killed by most orchestrators. */
const STOP_TIMEOUT_MS = 10_000;
/** Longer than a busy machine takes to answer; a process that is frozen answers nothing. */
const ANSWER_TIMEOUT_MS = 15_000;

/** How a process ended. */
export interface AppEnd {
  readonly code: number;
  readonly signal: string | null;
  /** From the signal to the exit. */
  readonly tookMs: number;
}

/** How the program itself is started. */
export interface AppStart {
  /** The one processor that it gets; all of them by default. Needs `taskset`. */
  readonly core?: number;
  /** By default as `deno task start` has them. */
  readonly v8Flags?: readonly string[];
  /**
   * The image's tree to run, unchanged, in place of the checkout; `v8Flags` are then the image's.
   */
  readonly image?: ImageTree;
  /** A command that runs the one given to it as arguments, for example within a memory limit. */
  readonly wrapper?: readonly string[];
}

/**
 * Spot Canvas as operators run it: a separate process, configured by its environment. Its starter
 * ends it with `terminate` or `kill`.
 */
export class AppProcess {
  readonly url: string;
  /** The newest lines of its log. */
  readonly lines: string[] = [];
  readonly #child: Deno.ChildProcess;
  readonly #reading: Promise<unknown>;
  #over = false;

  private constructor(child: Deno.ChildProcess, port: number) {
    this.url = `http://127.0.0.1:${port}`;
    this.#child = child;
    this.#reading = Promise.all([this.#read(child.stdout), this.#read(child.stderr)]);
    child.status.then(() => this.#over = true);
  }

  /** Starts it; it is not ready yet. */
  static start(
    port: number,
    env: Readonly<Record<string, string>>,
    { core, v8Flags, image, wrapper = [] }: AppStart = {},
  ): AppProcess {
    const flags = v8Arguments(v8Flags);
    const all = { PORT: String(port), HOST: "127.0.0.1", NO_COLOR: "1", ...env };
    const pinned = core === undefined ? [] : ["taskset", "-c", `${core}`];
    const command = image?.server({ env: all }) ??
      [Deno.execPath(), "run", "-A", "--no-check", ...flags, "serve.ts"];
    const [program = "", ...args] = [...wrapper, ...pinned, ...command];
    const child = new Deno.Command(program, {
      args,
      cwd: ROOT,
      env: { ...runtimeEnv(), ...all },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    return new AppProcess(child, port);
  }

  /** Whether it has ended. */
  get isOver(): boolean {
    return this.#over;
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** Resolves with its exit when it has ended without a signal. */
  async ended(): Promise<{ readonly code: number; readonly output: string }> {
    const { code } = await this.#child.status;
    await this.#reading;
    return { code, output: this.lines.join("\n") };
  }

  /** Resolves when feed, bus and store are all up; with `feed`, when it is in that state and the others are up. */
  async whenReady(
    { timeoutMs = 40_000, feed = "up" }: { timeoutMs?: number; feed?: "up" | "standby" } = {},
  ): Promise<void> {
    await until(`the app's readiness, its feed ${feed}`, async () => {
      if (this.#over) throw new Error(`the app ended early:\n${this.lines.join("\n")}`);
      const answer = await this.request("/readyz");
      if (answer?.status !== 200) return false;
      const { state } = JSON.parse(answer.text).feed;
      return feed === "standby" ? state === feed : state !== "standby";
    }, { timeoutMs });
  }

  /** A page's status and text; null while no server listens, or it does not answer. */
  async request(path: string): Promise<{ readonly status: number; readonly text: string } | null> {
    try {
      const response = await fetch(this.url + path, {
        signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
      });
      return { status: response.status, text: await response.text() };
    } catch {
      return null;
    }
  }

  /** One of its metrics, summed over its labels; 0 if it is not there, NaN if the app does not answer. */
  async metric(name: string): Promise<number> {
    const answer = await this.request("/metrics");
    if (answer === null) return NaN;
    const lines = answer.text.split("\n").filter((line) =>
      line.startsWith(`spot_canvas_${name} `) || line.startsWith(`spot_canvas_${name}{`)
    );
    return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" "))), 0);
  }

  /** Its resident memory, in whole megabytes. */
  async residentMegabytes(): Promise<number> {
    const status = await Deno.readTextFile(`/proc/${this.#child.pid}/status`);
    return Math.round(Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? NaN) / 1024);
  }

  /** Stops it in the middle of whatever it does, until `wake`. */
  freeze(): void {
    this.#child.kill("SIGSTOP");
  }

  wake(): void {
    this.#child.kill("SIGCONT");
  }

  /** Ends it as an operator does; it is killed if it takes too long. */
  terminate(): Promise<AppEnd> {
    return this.#end("SIGTERM");
  }

  /** Ends it as a crash does. */
  kill(): Promise<AppEnd> {
    return this.#end("SIGKILL");
  }

  async #end(how: Deno.Signal): Promise<AppEnd> {
    const startedMs = performance.now();
    if (!this.#over) this.#child.kill(how);
    const timeout = new AbortController();
    void pause(STOP_TIMEOUT_MS, timeout.signal).then(() => {
      if (!timeout.signal.aborted) this.#child.kill("SIGKILL");
    });
    const { code, signal } = await this.#child.status;
    timeout.abort();
    await this.#reading;
    return { code, signal, tookMs: performance.now() - startedMs };
  }

  async #read(stream: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    let rest = "";
    for await (const bytes of stream) {
      const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      this.lines.push(...lines);
      this.lines.splice(0, this.lines.length - KEPT_LINES);
    }
    if (rest !== "") this.lines.push(rest);
  }
}

/** A port without a listener. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
