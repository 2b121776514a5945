import { isAbsolute, resolve } from "node:path";

export interface CommandOptions {
  readonly cwd?: string;
  /** The whole environment; without it the command inherits this process's. */
  readonly env?: Readonly<Record<string, string>>;
  /** Text for its standard input, which is otherwise empty. */
  readonly input?: string;
  readonly signal?: AbortSignal;
}

/** A command ended with another code than 0. The message is its last line of error output. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  constructor(program: string, code: number, readonly stderr: string) {
    super(`${program}: ${lastLine(stderr) || `ended with code ${code}`}`);
  }
}

/**
 * Runs a command to its end and gives what it printed on standard output.
 * Throws `CommandError` if it fails and `Deno.errors.NotFound` if there is no such program.
 */
export async function run(
  program: string,
  args: readonly string[],
  { cwd, env, input, signal }: CommandOptions = {},
): Promise<string> {
  signal?.throwIfAborted();
  const child = new Deno.Command(program, {
    args: [...args],
    cwd,
    env: env && { ...env },
    clearEnv: env !== undefined,
    signal,
    stdin: input === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  if (input !== undefined) {
    const text = new Blob([input]).stream();
    // A command that ends without reading reports its own reason.
    await text.pipeTo(child.stdin).catch(() => {});
  }
  const { success, code, stdout, stderr } = await child.output();
  signal?.throwIfAborted();
  if (!success) throw new CommandError(program, code, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

/** Whether a command exists and succeeds. */
export async function succeeds(program: string, args: readonly string[]): Promise<boolean> {
  try {
    await run(program, args);
    return true;
  } catch (error) {
    if (error instanceof CommandError || error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/**
 * A program's path, looked up on `PATH` and where Debian keeps servers; null if it is not found. A
 * name that is an absolute path is only looked for there.
 */
export async function findProgram(name: string): Promise<string | null> {
  for (const directory of isAbsolute(name) ? ["/"] : searchPath().split(":")) {
    const path = resolve(directory, name);
    const found = await Deno.stat(path).catch(() => null);
    if (directory !== "" && found?.isFile && ((found.mode ?? 0) & 0o111) !== 0) return path;
  }
  return null;
}

/** `PATH` with the directories added that an ordinary user's lacks. */
export function searchPath(): string {
  return `${Deno.env.get("PATH") ?? "/usr/bin:/bin"}:/usr/local/sbin:/usr/sbin:/sbin`;
}

function lastLine(text: string): string {
  return text.split("\n").map((line) => line.trim()).filter((line) => line !== "").at(-1) ?? "";
}
