import { pathToFileURL } from "node:url";
import { setBuildId } from "./build_id.ts";
import { contentHash } from "./content_hash.ts";
import { contentType } from "./content_type.ts";
import { islandName } from "./crawl.ts";
import type { ProjectBuild } from "./project_build.ts";
import { islandsOf, type Snapshot, type StaticFile } from "./snapshot.ts";

/** A build served from memory: imports the project's routes and islands. For the dev server and for tests. */
export async function memorySnapshot(
  root: string,
  build: ProjectBuild,
  pageScript: string | null,
): Promise<Snapshot> {
  const [routes, islands] = await Promise.all([
    Promise.all(build.routes.map(async (route) => ({
      ...route,
      module: await importFile(route.file),
    }))),
    Promise.all(build.islands.map(async (file) => ({
      name: islandName(file),
      module: build.bundle.islandModules.get(file) ?? "",
      exports: await importFile(file),
    }))),
  ]);
  const files = new Map<string, StaticFile>();
  for (const { path, contentType, etag, content } of build.staticFiles) {
    files.set(path, { contentType, etag, immutable: false, read: () => Promise.resolve(content) });
  }
  for (const [path, content] of build.bundle.files) {
    const etag = await contentHash(content);
    const read = () => Promise.resolve(content);
    files.set(path, { contentType: contentType(path), etag, immutable: true, read });
  }
  setBuildId(build.buildId);
  return {
    root,
    buildId: build.buildId,
    routes,
    islands: islandsOf(islands),
    bootModule: build.bundle.bootModule,
    preloads: build.bundle.preloads,
    pageScript,
    file: (path) => Promise.resolve(files.get(path) ?? null),
  };
}

async function importFile(file: string): Promise<Record<string, unknown>> {
  return await import(pathToFileURL(file).href);
}
