import { join } from "node:path";
import { FileLock } from "../lib/embedded/file_lock.ts";
import { type Progress, timed } from "../lib/embedded/progress.ts";

/** All inputs of the build. Of `lib`, islands import only these rooms, which a test checks. */
export const BUILD_INPUTS: readonly string[] = [
  "assets",
  "components",
  "deno.json",
  "deno.lock",
  "dev.ts",
  "fresh",
  "islands",
  "lib/alerts",
  "lib/browser",
  "lib/candles",
  "lib/client",
  "lib/drawings",
  "lib/indicators",
  "routes",
  "static",
];
const OUTPUT = "_fresh";
const MANIFEST = "inputs.json";

export interface BuildOptions {
  /** The repository; by default the one this file is in. */
  readonly root?: string;
  /** Builds `_fresh/` in `root`; by default `dev.ts build`. */
  readonly build?: (root: string) => Promise<void>;
}

/**
 * Builds the pages into `_fresh/` if there is no build, or if one of its inputs changed since. Returns whether it
 * built. Of several processes one builds while the others wait. Rejects if the build fails.
 */
export async function buildIfStale(
  progress: Progress,
  { root = join(import.meta.dirname ?? ".", ".."), build = runBuild }: BuildOptions = {},
): Promise<boolean> {
  if (await isFresh(root)) return false;
  using _lock = await FileLock.take(
    join(root, ".data", "build.lock"),
    () => progress("pages: waiting for another process that is building them"),
  );
  if (await isFresh(root)) return false;
  const before = await readInputs(root);
  await timed(progress, "pages built", () => build(root));
  const after = await readInputs(root);
  // The build itself writes bundles into `static`. Any other difference is an edit that it may have missed.
  const missed = JSON.stringify(withoutStatic(before)) !== JSON.stringify(withoutStatic(after));
  await Deno.writeTextFile(join(root, OUTPUT, MANIFEST), JSON.stringify(missed ? before : after));
  return true;
}

/** Size and time of change by path. A clock that goes back does no harm: any difference counts. */
type Inputs = Readonly<Record<string, string>>;

async function isFresh(root: string): Promise<boolean> {
  const server = await Deno.stat(join(root, OUTPUT, "server.js")).catch(() => null);
  const built = await Deno.readTextFile(join(root, OUTPUT, MANIFEST)).catch(() => null);
  return server !== null && built === JSON.stringify(await readInputs(root));
}

async function readInputs(root: string): Promise<Inputs> {
  const found: [string, string][] = [];
  await Promise.all(BUILD_INPUTS.map((path) => collect(root, path, found)));
  return Object.fromEntries(found.sort(([a], [b]) => a < b ? -1 : 1));
}

async function collect(root: string, path: string, found: [string, string][]): Promise<void> {
  if (/_test\.tsx?$/.test(path)) return;
  const info = await Deno.stat(join(root, path)).catch(() => null);
  if (info === null) return;
  if (info.isFile) found.push([path, `${info.size} ${info.mtime?.getTime()}`]);
  if (!info.isDirectory) return;
  const entries = await Array.fromAsync(Deno.readDir(join(root, path)));
  await Promise.all(entries.map(({ name }) => collect(root, `${path}/${name}`, found)));
}

function withoutStatic(inputs: Inputs): Inputs {
  return Object.fromEntries(
    Object.entries(inputs).filter(([path]) => !path.startsWith("static/")),
  );
}

async function runBuild(root: string): Promise<void> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "dev.ts", "build"],
    cwd: root,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  if (success) return;
  const output = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes).trim()).join("\n");
  throw new Error(`The pages cannot be built:\n${output.trim()}`);
}
