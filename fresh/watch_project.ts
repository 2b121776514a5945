import { join, relative } from "node:path";
import type { ResolvedBuildConfig } from "./build_config.ts";

/**
 * Calls `changed` when files of the project's folders change, once for changes that come together and
 * never twice at a time. Hidden folders, packages and the builds are not watched. Ends with the signal.
 */
export async function watchProject(
  config: ResolvedBuildConfig,
  signal: AbortSignal,
  changed: () => Promise<void>,
): Promise<void> {
  const folders = await projectFolders(config);
  if (folders.length === 0 || signal.aborted) return;
  const watcher = Deno.watchFs(folders);
  signal.addEventListener("abort", () => watcher.close());
  let last = Promise.resolve();
  let timer: ReturnType<typeof setTimeout> | undefined;
  for await (const { kind } of watcher) {
    if (kind === "access" || kind === "any") continue;
    clearTimeout(timer);
    // An editor's save is several events.
    timer = setTimeout(() => {
      last = last.then(changed);
    }, 50);
  }
  clearTimeout(timer);
  await last;
}

async function projectFolders({ root, outDir }: ResolvedBuildConfig): Promise<string[]> {
  const folders: string[] = [];
  const built = relative(root, outDir);
  for await (const { name, isDirectory } of Deno.readDir(root)) {
    const watched = isDirectory && !name.startsWith(".") && name !== "node_modules" &&
      name !== built;
    if (watched) folders.push(join(root, name));
  }
  return folders;
}
