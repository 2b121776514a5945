import { pathToFileURL } from "node:url";

/**
 * The flags with which the image starts the server. A process with no more permissions than these cannot see how it was
 * started itself.
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

/** Of a debugger's port there is one, and who watches starts the parent again. */
const NOT_INHERITED = /^--(inspect|watch)/;

/** The flags that this process was started with, for another of the same program: permissions, V8's flags. */
export function ownFlags(): readonly string[] {
  try {
    const args = Deno.readTextFileSync("/proc/self/cmdline").split("\0");
    return flagsIn(args, Deno.mainModule, Deno.cwd());
  } catch (error) {
    // Only a process with all permissions may look there.
    if (error instanceof Deno.errors.NotCapable) return IMAGE_FLAGS;
    throw error;
  }
}

/** What stands between `deno run` and the program in a command. Without the program in it, those of the image. */
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
