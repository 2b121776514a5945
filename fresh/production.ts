import { App, type AppHandler, useSnapshot } from "./app.ts";
import { setBuildId } from "./build_id.ts";
import type { FsRoute } from "./fs_routes.ts";
import type { ManifestFile } from "./server_entry.ts";
import { islandsOf, type StaticFile } from "./snapshot.ts";

/** What the generated server.js passes. */
export interface ProductionBuild {
  /** server.js's own URL, which all paths are relative to. */
  readonly base: string;
  readonly root: string;
  readonly buildId: string;
  readonly routes: readonly FsRoute[];
  readonly islands: readonly { name: string; module: string; exports: Record<string, unknown> }[];
  readonly files: readonly (readonly [string, ManifestFile])[];
  readonly bootModule: string;
  readonly preloads: readonly (readonly [string, readonly string[]])[];
}

/** Gives the app its build and makes it a handler. `app` is what main.ts exports by that name. */
export function productionHandler(app: unknown, build: ProductionBuild): AppHandler {
  if (!(app instanceof App)) throw new TypeError(`The server entry must export the App as "app"`);
  const files = new Map(
    build.files.map(([path, file]) => [path, staticFile(new URL(file.file, build.base), file)]),
  );
  setBuildId(build.buildId);
  useSnapshot(app, {
    root: new URL(build.root, build.base).pathname,
    buildId: build.buildId,
    routes: build.routes,
    islands: islandsOf(build.islands),
    bootModule: build.bootModule,
    preloads: new Map(build.preloads),
    pageScript: null,
    file: (path) => Promise.resolve(files.get(path) ?? null),
  }, "production");
  return app.handler();
}

function staticFile(url: URL, { contentType, etag, immutable }: ManifestFile): StaticFile {
  return { contentType, etag, immutable, read: () => Deno.readFile(url) };
}
