import { type Clock, systemClock } from "../lib/time/clock.ts";

const TIMEOUT_MS = 8000;
const running = new Set<Deno.ChildProcess>();
/** Set when this process received a request to end: no further program is started then. */
let isEnding = false;

export interface DenoOptions {
  /** Where it runs; by default where this process does. */
  readonly cwd?: string;
  /** Receives the output as it comes, standard output and error together; by default it is inherited. */
  readonly onOutput?: (text: string) => void;
  /** With `onOutput`: a child that prints nothing for this long is killed. */
  readonly silenceMs?: number;
  /** Measures the silence. */
  readonly clock?: Clock;
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Runs `deno {args}` in the repository and gives its exit code. Ctrl-C or a request to end reaches the child
 * first: this process ends after it, and kills it if that takes too long.
 */
export async function runDeno(
  args: readonly string[],
  { cwd, onOutput, silenceMs, clock = systemClock, env = {} }: DenoOptions = {},
): Promise<number> {
  if (isEnding) return await new Promise<never>(() => {});
  const output = onOutput === undefined ? "inherit" : "piped";
  const child = new Deno.Command(Deno.execPath(), {
    args: [...args],
    env: { ...env },
    cwd,
    stdin: "null",
    stdout: output,
    stderr: output,
  }).spawn();
  track(child);
  try {
    if (onOutput !== undefined) await relay(child, onOutput, silenceMs, clock);
    return (await child.status).code;
  } finally {
    untrack(child);
  }
}

/** The flag that refuses to change `deno.lock`, on CI, where the change could not be committed. */
export function frozenWhenCi(): readonly string[] {
  return Deno.env.get("CI") === "true" ? ["--frozen"] : [];
}

async function relay(
  child: Deno.ChildProcess,
  onOutput: (text: string) => void,
  silenceMs: number | undefined,
  clock: Clock,
): Promise<void> {
  let cancel = () => {};
  const listen = () => {
    cancel();
    if (silenceMs !== undefined) cancel = clock.after(silenceMs, () => child.kill("SIGKILL"));
  };
  const onText = (text: string) => {
    listen();
    onOutput(text);
  };
  listen();
  await Promise.all([readText(child.stdout, onText), readText(child.stderr, onText)]);
  cancel();
}

async function readText(
  stream: ReadableStream<Uint8Array>,
  onOutput: (text: string) => void,
): Promise<void> {
  const decoder = new TextDecoder();
  for await (const bytes of stream) onOutput(decoder.decode(bytes, { stream: true }));
}

/** A request to end reaches every running program; this process ends after the last of them. */
async function endAll(exitCode: number): Promise<void> {
  isEnding = true;
  await Promise.all([...running].map(async (child) => {
    const timer = setTimeout(() => child.kill("SIGKILL"), TIMEOUT_MS);
    try {
      child.kill("SIGTERM");
    } catch (error) {
      // It has ended already: a terminal's Ctrl-C reaches it as well.
      if (!(error instanceof TypeError)) throw error;
    }
    await child.status;
    clearTimeout(timer);
  }));
  Deno.exit(exitCode);
}

/** From now on a request to end reaches this program as well, and this process ends after it. */
export function track(child: Deno.ChildProcess): void {
  if (running.size === 0) {
    Deno.addSignalListener("SIGINT", onInterrupt);
    Deno.addSignalListener("SIGTERM", onTerminate);
  }
  running.add(child);
}

/** The program has ended. */
export function untrack(child: Deno.ChildProcess): void {
  running.delete(child);
  // While it ends, a second Ctrl-C must not end this process before its children.
  if (running.size > 0 || isEnding) return;
  Deno.removeSignalListener("SIGINT", onInterrupt);
  Deno.removeSignalListener("SIGTERM", onTerminate);
}

function onInterrupt(): void {
  void endAll(130);
}

function onTerminate(): void {
  void endAll(143);
}
