import type { ComponentType } from "preact";
import type { FsRoute } from "./fs_routes.ts";

/** A component that is hydrated in the browser. */
export interface Island {
  /** For messages: `Chart`, or the file's name for a default export. */
  readonly name: string;
  /** The name to import from `module`. */
  readonly exportName: string;
  /** The URL path of its client module, without the base path. */
  readonly module: string;
}

/** A file that {@linkcode import("./middlewares/static_files.ts").staticFiles} serves. */
export interface StaticFile {
  readonly contentType: string;
  /** A hash of the content. */
  readonly etag: string;
  /** Its URL names its content, so it never changes. */
  readonly immutable: boolean;
  read(): Promise<Uint8Array<ArrayBuffer>>;
}

/** What a build knows: the file routes, the islands and their client modules, the static files. */
export interface Snapshot {
  readonly root: string;
  /** Changes with the content of the static files. */
  readonly buildId: string;
  readonly routes: readonly FsRoute[];
  readonly islands: ReadonlyMap<unknown, Island>;
  /** The URL path of the module that hydrates. */
  readonly bootModule: string;
  /** Client modules to fetch early, by the module that imports them. */
  readonly preloads: ReadonlyMap<string, readonly string[]>;
  /** A script for every page: the dev server's reloader. */
  readonly pageScript: string | null;
  /** The file at a URL path (no base path), or null. */
  file(path: string): Promise<StaticFile | null>;
}

/** The snapshot of an app that was not built: no file routes, islands or static files. */
export const EMPTY_SNAPSHOT: Snapshot = {
  root: ".",
  buildId: "unbuilt",
  routes: [],
  islands: new Map(),
  bootModule: "",
  preloads: new Map(),
  pageScript: null,
  file: () => Promise.resolve(null),
};

/** Collects a module's islands: every exported component. */
export function islandsOf(
  modules: readonly { name: string; module: string; exports: Record<string, unknown> }[],
): Map<unknown, Island> {
  const islands = new Map<unknown, Island>();
  for (const { name, module, exports } of modules) {
    for (const [exportName, value] of Object.entries(exports)) {
      if (!isComponent(value) || islands.has(value)) continue;
      islands.set(value, {
        name: exportName === "default" ? name : exportName,
        exportName,
        module,
      });
    }
  }
  return islands;
}

function isComponent(value: unknown): value is ComponentType {
  return typeof value === "function";
}
