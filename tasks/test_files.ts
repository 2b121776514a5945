import { join, normalize } from "node:path";

const LEFT_OUT = new Set(["node_modules", "_fresh", "coverage", "faults"]);

/**
 * The test files among `paths` and in the folders among them, each once and sorted. A folder's long fault runs
 * (`tests/faults`), hidden folders and what is installed or built are left out, unless named themselves.
 */
export async function findTestFiles(paths: readonly string[]): Promise<string[]> {
  const found = new Set<string>();
  for (const path of paths.map(normalize)) {
    if ((await Deno.stat(path)).isDirectory) await walk(path, found);
    else found.add(path);
  }
  return [...found].sort();
}

async function walk(directory: string, found: Set<string>): Promise<void> {
  for await (const { name, isDirectory } of Deno.readDir(directory)) {
    const path = join(directory, name);
    if (isDirectory && !name.startsWith(".") && !LEFT_OUT.has(name)) await walk(path, found);
    else if (/_test\.tsx?$/.test(name)) found.add(path);
  }
}
