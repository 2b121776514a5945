import { statfs } from "node:fs/promises";

/** Linux keeps files there in memory. In containers it may be small, or programs in it may not run. */
const MEMORY = "/dev/shm";
const MOUNTS = "/proc/mounts";
/** Several times what a whole run has there at a time. */
const ROOM_BYTES = 4 * 2 ** 30;

/** Where a run's tests have what they remove again. */
export interface TestDirectory extends Disposable {
  readonly path: string;
}

/**
 * Makes a directory in memory for a run of tests; null where the machine has none with enough room. Every PostgreSQL of
 * a test has a thousand files: on a disk, making and removing them takes longer than the test.
 */
export async function makeTestDirectory(
  { memory = MEMORY, mounts = MOUNTS, roomBytes = ROOM_BYTES } = {},
): Promise<TestDirectory | null> {
  if (!await runsPrograms(memory, mounts) || await freeBytes(memory) < roomBytes) return null;
  const path = await Deno.makeTempDir({ dir: memory, prefix: "spot-canvas-tests-" })
    .catch(() => null);
  if (path === null) return null;
  // As `/tmp` is: servers of other users run in it.
  await Deno.chmod(path, 0o1777);
  const remove = () => {
    globalThis.removeEventListener("unload", remove);
    removeTree(path);
  };
  // A run that is interrupted must not keep the memory.
  globalThis.addEventListener("unload", remove);
  return { path, [Symbol.dispose]: remove };
}

/** Whether it is a file system in memory from which programs may be started. */
async function runsPrograms(directory: string, mounts: string): Promise<boolean> {
  const lines = (await Deno.readTextFile(mounts).catch(() => "")).split("\n");
  // Of several at one place the last one is seen.
  const [, , type, options = ""] = lines.map((line) => line.split(" "))
    .findLast(([, place]) => place === directory) ?? [];
  return type === "tmpfs" && !options.split(",").includes("noexec");
}

async function freeBytes(directory: string): Promise<number> {
  const { bavail, bsize } = await statfs(directory);
  return Math.min(bavail * bsize, Deno.systemMemoryInfo().available);
}

function removeTree(path: string): void {
  try {
    Deno.removeSync(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) console.error(`${path} is left: ${error}`);
  }
}
