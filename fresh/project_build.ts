import { join } from "node:path";
import type { ResolvedBuildConfig } from "./build_config.ts";
import { type Bundle, bundle } from "./bundle.ts";
import { contentHash } from "./content_hash.ts";
import { contentType } from "./content_type.ts";
import { crawlIslands, crawlRoutes, filesBelow } from "./crawl.ts";
import type { FsRoute } from "./fs_routes.ts";
import { readProjectConfig } from "./project_imports.ts";
import type { StaticTransforms } from "./static_transforms.ts";

/** A file of the static folder. */
export interface BuiltStaticFile {
  /** Its URL path. */
  readonly path: string;
  /** Where it is, absolute. */
  readonly file: string;
  readonly contentType: string;
  readonly etag: string;
  readonly content: Uint8Array<ArrayBuffer>;
  /** Whether a transform changed it, so that the file itself is not what is served. */
  readonly transformed: boolean;
}

/** All that building finds and makes, before it is written or served. No module of the project is run. */
export interface ProjectBuild {
  readonly buildId: string;
  readonly routes: readonly Omit<FsRoute, "module">[];
  /** The islands' files, absolute. */
  readonly islands: readonly string[];
  readonly staticFiles: readonly BuiltStaticFile[];
  readonly bundle: Bundle;
}

/** Builds the project's client modules and static files. */
export async function buildProject(
  config: ResolvedBuildConfig,
  transforms: StaticTransforms,
): Promise<ProjectBuild> {
  const { root, islandDir, routeDir, ignore, target, mode } = config;
  const [routes, islands, project, staticFiles] = await Promise.all([
    crawlRoutes(routeDir, ignore),
    crawlIslands(islandDir, ignore),
    readProjectConfig(root),
    buildStaticFiles(config, transforms),
  ]);
  const buildId = await contentHash(
    staticFiles.map(({ path, etag }) => `${path} ${etag}`).join("\n"),
  );
  const built = await bundle({ root, project, islands, target, buildId, mode });
  return { buildId, routes, islands, staticFiles, bundle: built };
}

async function buildStaticFiles(
  { staticDir, target, mode, root }: ResolvedBuildConfig,
  transforms: StaticTransforms,
): Promise<BuiltStaticFile[]> {
  const paths = await filesBelow(staticDir);
  return await Promise.all(paths.map(async (path) => {
    const file = join(staticDir, path);
    const original = await Deno.readFile(file);
    const changed = await transforms.apply({ path: file, target, content: original, mode, root });
    const content = changed ?? original;
    return {
      path: `/${path}`,
      file,
      contentType: contentType(path),
      etag: await contentHash(content),
      content,
      transformed: changed !== null,
    };
  }));
}
