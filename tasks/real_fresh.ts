import { join } from "node:path";

/** Paths that are not copied: everything beside the sources, and the stand-in. */
const LEFT_OUT = new Set([
  ".data",
  ".env",
  ".git",
  "_fresh",
  "coverage",
  "fresh",
  "node_modules",
]);

/**
 * Copies a checkout to a folder as a project on Fresh itself: without the stand-in, and without the line of deno.json
 * that links it. The folder's earlier content is removed. The fetched servers are shared.
 */
export async function copyForFresh(root: string, to: string): Promise<void> {
  await removeIfThere(to);
  await Deno.mkdir(join(to, ".data"), { recursive: true });
  for await (const { name, isDirectory } of Deno.readDir(root)) {
    if (!LEFT_OUT.has(name)) await copy(join(root, name), join(to, name), isDirectory);
  }
  await Deno.mkdir(join(root, ".data", "bin"), { recursive: true });
  await Deno.symlink(join(root, ".data", "bin"), join(to, ".data", "bin"));
  const config = join(to, "deno.json");
  const { links: _, ...project } = JSON.parse(await Deno.readTextFile(config));
  await Deno.writeTextFile(config, JSON.stringify(project, null, 2));
}

async function copy(from: string, to: string, isFolder: boolean): Promise<void> {
  if (!isFolder) return await Deno.copyFile(from, to);
  await Deno.mkdir(to);
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    await copy(join(from, name), join(to, name), isDirectory);
  }
}

async function removeIfThere(path: string): Promise<void> {
  try {
    await Deno.remove(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
