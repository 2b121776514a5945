import { resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** Options of `new Builder()`. Paths may be absolute, file URLs, or relative to `root`. */
export interface BuildOptions {
  /** The browsers to build for, as esbuild's `target`. */
  target?: string | string[];
  /** The project's folder; by default the working directory. */
  root?: string;
  /** The module that exports `app`; `main.ts`. */
  serverEntry?: string;
  /** Where builds are written; `_fresh`. */
  outDir?: string;
  /** `static`. */
  staticDir?: string;
  /** `islands`. */
  islandDir?: string;
  /** `routes`. */
  routeDir?: string;
  /** Files to leave out; by default tests. */
  ignore?: RegExp[];
}

/** {@linkcode BuildOptions} with absolute paths and defaults. */
export type ResolvedBuildConfig = Required<BuildOptions> & {
  mode: "development" | "production";
};

const TESTS = /[._]test\.[cm]?[jt]sx?$/;

/** Fills the defaults in. */
export function resolveBuildConfig(options: BuildOptions): ResolvedBuildConfig {
  const root = toPath(options.root ?? ".", Deno.cwd());
  return {
    target: options.target ?? ["chrome99", "firefox99", "safari15"],
    root,
    serverEntry: toPath(options.serverEntry ?? "main.ts", root),
    outDir: toPath(options.outDir ?? "_fresh", root),
    staticDir: toPath(options.staticDir ?? "static", root),
    islandDir: toPath(options.islandDir ?? "islands", root),
    routeDir: toPath(options.routeDir ?? "routes", root),
    ignore: options.ignore ?? [TESTS],
    mode: "production",
  };
}

function toPath(path: string, base: string): string {
  return path.startsWith("file:") ? fileURLToPath(path) : resolve(base, path);
}
