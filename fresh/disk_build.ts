import { dirname, join } from "node:path";
import type { ResolvedBuildConfig } from "./build_config.ts";
import { contentHash } from "./content_hash.ts";
import { contentType } from "./content_type.ts";
import { islandName } from "./crawl.ts";
import type { ProjectBuild } from "./project_build.ts";
import { type ManifestFile, serverEntrySource } from "./server_entry.ts";

/**
 * Writes a production build: client modules and transformed static files into `static/`, then server.js.
 * What an earlier build left in `static/` is removed.
 */
export async function writeBuild(config: ResolvedBuildConfig, build: ProjectBuild): Promise<void> {
  const { outDir, root, serverEntry } = config;
  const folder = join(outDir, "static");
  await removeIfPresent(folder);
  const files = new Map<string, ManifestFile>();
  for (const { path, file, contentType, etag, content, transformed } of build.staticFiles) {
    const served = transformed ? join(folder, path) : file;
    if (transformed) await writeFile(served, content);
    files.set(path, { file: served, contentType, etag, immutable: false });
  }
  for (const [path, content] of build.bundle.files) {
    const file = join(folder, path);
    await writeFile(file, content);
    const etag = await contentHash(content);
    files.set(path, { file, contentType: contentType(path), etag, immutable: true });
  }
  const islands = build.islands.map((file) => ({
    file,
    name: islandName(file),
    module: build.bundle.islandModules.get(file) ?? "",
  }));
  const { bootModule, preloads } = build.bundle;
  const { buildId, routes } = build;
  const source = serverEntrySource(
    { outDir, root, serverEntry, buildId, routes, islands, bootModule, preloads, files },
  );
  await writeFile(join(outDir, "server.js"), new TextEncoder().encode(source));
}

async function writeFile(path: string, content: Uint8Array): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true });
  await Deno.writeFile(path, content);
}

async function removeIfPresent(path: string): Promise<void> {
  try {
    await Deno.remove(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
