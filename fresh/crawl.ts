import { basename, join } from "node:path";
import { type FsRoute, parseRoutePath } from "./fs_routes.ts";

const SOURCE = /\.[cm]?[jt]sx?$/;

/** All files below a folder, as paths relative to it, sorted. None if the folder does not exist. */
export async function filesBelow(folder: string): Promise<string[]> {
  const files: string[] = [];
  await collect(folder, "", files);
  return files.sort();
}

/** The routes folder's routes, layouts and so on. */
export async function crawlRoutes(
  routeDir: string,
  ignore: readonly RegExp[],
): Promise<Omit<FsRoute, "module">[]> {
  const files = await sources(routeDir, ignore);
  return files.map((path) => ({ ...parseRoutePath(path), file: join(routeDir, path) }));
}

/** The files of the islands folder, absolute. */
export async function crawlIslands(
  islandDir: string,
  ignore: readonly RegExp[],
): Promise<string[]> {
  return (await sources(islandDir, ignore)).map((path) => join(islandDir, path));
}

/** An island's name for messages, by its file: what its default export is called. */
export function islandName(file: string): string {
  return basename(file).replace(SOURCE, "");
}

async function sources(folder: string, ignore: readonly RegExp[]): Promise<string[]> {
  const files = await filesBelow(folder);
  return files.filter((path) =>
    SOURCE.test(path) && !ignore.some((pattern) => pattern.test(join(folder, path)))
  );
}

async function collect(folder: string, below: string, files: string[]): Promise<void> {
  try {
    for await (const entry of Deno.readDir(join(folder, below))) {
      const path = below === "" ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory) await collect(folder, path, files);
      else files.push(path);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
