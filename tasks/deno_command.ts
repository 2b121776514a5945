const PATIENCE_MS = 8000;

export interface DenoOptions {
  /** Where it runs; by default where this process does. */
  readonly cwd?: string;
  /** Receives the output as it comes, standard output and error together; by default it is inherited. */
  readonly onOutput?: (text: string) => void;
  /** With `onOutput`: a child that says nothing for so long hangs, and is killed. */
  readonly silenceMs?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Runs `deno {args}` in the repository and gives its exit code. Ctrl-C or a request to end reaches the child
 * first: this process ends after it, and kills it if that takes too long.
 */
export async function runDeno(
  args: readonly string[],
  { cwd, onOutput, silenceMs, env = {} }: DenoOptions = {},
): Promise<number> {
  const output = onOutput === undefined ? "inherit" : "piped";
  const child = new Deno.Command(Deno.execPath(), {
    args: [...args],
    env: { ...env },
    cwd,
    stdin: "null",
    stdout: output,
    stderr: output,
  }).spawn();
  const stop = stopWith(child);
  try {
    if (onOutput !== undefined) await relay(child, onOutput, silenceMs);
    return (await child.status).code;
  } finally {
    stop.end();
  }
}

/** The flag that refuses to change `deno.lock`, where nobody would commit the change. */
export function frozenWhenCi(): readonly string[] {
  return Deno.env.get("CI") === "true" ? ["--frozen"] : [];
}

async function relay(
  child: Deno.ChildProcess,
  onOutput: (text: string) => void,
  silenceMs: number | undefined,
): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const listen = () => {
    clearTimeout(timer);
    if (silenceMs !== undefined) timer = setTimeout(() => child.kill("SIGKILL"), silenceMs);
  };
  const onText = (text: string) => {
    listen();
    onOutput(text);
  };
  listen();
  await Promise.all([readText(child.stdout, onText), readText(child.stderr, onText)]);
  clearTimeout(timer);
}

async function readText(
  stream: ReadableStream<Uint8Array>,
  onOutput: (text: string) => void,
): Promise<void> {
  const decoder = new TextDecoder();
  for await (const bytes of stream) onOutput(decoder.decode(bytes, { stream: true }));
}

function stopWith(child: Deno.ChildProcess): { end(): void } {
  const signals = ["SIGINT", "SIGTERM"] as const;
  const listeners = signals.map((signal) => ({
    signal,
    listener: async () => {
      const timer = setTimeout(() => child.kill("SIGKILL"), PATIENCE_MS);
      try {
        child.kill("SIGTERM");
      } catch (error) {
        // It has ended by itself: a terminal's Ctrl-C reaches it as well.
        if (!(error instanceof TypeError)) throw error;
      }
      await child.status;
      clearTimeout(timer);
      Deno.exit(signal === "SIGINT" ? 130 : 143);
    },
  }));
  for (const { signal, listener } of listeners) Deno.addSignalListener(signal, listener);
  return {
    end() {
      for (const { signal, listener } of listeners) Deno.removeSignalListener(signal, listener);
    },
  };
}
