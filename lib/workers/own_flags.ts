import { pathToFileURL } from "node:url";

/**
 * The flags with which the image starts the server. A process with only these permissions cannot read its own command
 * line.
 */
export const IMAGE_FLAGS: readonly string[] = [
  "--v8-flags=--max-semi-space-size=16,--heap-growing-percent=60,--max-old-space-size=512",
  "--cached-only",
  "--frozen",
  "--no-prompt",
  "--allow-net",
  "--allow-env",
  "--allow-sys=osRelease",
  "--allow-read=/app,/deno-dir,/run/secrets,/secrets,/cloudsql",
  "--allow-write=/cloudsql",
];

/** Only one process can have a debugger's port, and a watcher restarts the parent. */
const NOT_INHERITED = /^--(inspect|watch)/;

/**
 * The flags that this process was started with (permissions, V8's flags), to start another process of the same program.
 */
export function ownFlags(): readonly string[] {
  try {
    const args = Deno.readTextFileSync("/proc/self/cmdline").split("\0");
    return flagsIn(args, Deno.mainModule, Deno.cwd());
  } catch (error) {
    // Only a process with all permissions may read it.
    if (error instanceof Deno.errors.NotCapable) return IMAGE_FLAGS;
    throw error;
  }
}

/** The flags between `deno run` and the program in a command; those of the image if the program is not in it. */
export function flagsIn(
  command: readonly string[],
  mainModule: string,
  directory: string,
): readonly string[] {
  const at = command.findIndex((arg, place) => place > 0 && urlOf(arg, directory) === mainModule);
  if (at < 0) return IMAGE_FLAGS;
  return command.slice(1, at).filter((arg) => arg !== "run" && !NOT_INHERITED.test(arg));
}

function urlOf(arg: string, directory: string): string | null {
  return URL.parse(arg)?.href ?? URL.parse(arg, pathToFileURL(`${directory}/`).href)?.href ?? null;
}
