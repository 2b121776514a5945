import { basename, dirname, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import { type ProjectConfig, resolveImport } from "./project_imports.ts";

export interface BundleOptions {
  readonly root: string;
  readonly project: ProjectConfig;
  /** The islands' files, absolute. */
  readonly islands: readonly string[];
  readonly target: string | string[];
  readonly buildId: string;
  readonly mode: "development" | "production";
}

/** The client modules, by the URL path they are served at. */
export interface Bundle {
  readonly files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
  readonly bootModule: string;
  /** The dev server's reloader. */
  readonly reloadModule: string | null;
  /** Each island's module, by its file. */
  readonly islandModules: ReadonlyMap<string, string>;
  /** What each entry module imports, directly or not. */
  readonly preloads: ReadonlyMap<string, readonly string[]>;
}

const URL_PREFIX = "/_fresh/js/";
const BOOT = fileURLToPath(new URL("./client/boot.ts", import.meta.url));
const JSX = fileURLToPath(new URL("./client/jsx.ts", import.meta.url));
const RELOAD = fileURLToPath(new URL("./client/reload.ts", import.meta.url));

/**
 * Bundles the islands, each as a separate module; what they share is split off. Throws what
 * esbuild reports.
 */
export async function bundle(options: BundleOptions): Promise<Bundle> {
  const { root, project, islands, target, buildId, mode } = options;
  const dev = mode === "development";
  const entries = [BOOT, ...(dev ? [RELOAD] : []), ...islands];
  // Without islands nothing is loaded, so nothing needs to be built but the reloader.
  if (islands.length === 0 && !dev) return emptyBundle();
  const outdir = resolve(root, "_fresh_js");
  const result = await esbuild.build({
    absWorkingDir: root,
    entryPoints: entries.map((path) => ({ in: path, out: entryName(path, root) })),
    entryNames: "[dir]/[name]-[hash]",
    chunkNames: "[name]-[hash]",
    outdir,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "browser",
    target,
    minify: !dev,
    sourcemap: dev ? "inline" : false,
    write: false,
    metafile: true,
    logLevel: "silent",
    jsx: "transform",
    jsxFactory: "freshElement",
    jsxFragment: "FreshFragment",
    inject: [JSX],
    define: { FRESH_BUILD_ID: JSON.stringify(buildId) },
    plugins: [importsPlugin(project)],
  });

  const url = (path: string) =>
    URL_PREFIX + relative(outdir, resolve(root, path)).replaceAll("\\", "/");
  const { outputs } = result.metafile;
  const modules = new Map<string, string>();
  const preloads = new Map<string, readonly string[]>();
  for (const [path, output] of Object.entries(outputs)) {
    if (output.entryPoint === undefined) continue;
    modules.set(resolve(root, output.entryPoint), url(path));
    preloads.set(url(path), importsOf(outputs, path).map(url));
  }
  return {
    files: new Map(
      result.outputFiles.map((file) => [url(file.path), new Uint8Array(file.contents)]),
    ),
    bootModule: modules.get(BOOT) ?? "",
    reloadModule: modules.get(RELOAD) ?? null,
    islandModules: modules,
    preloads,
  };
}

/** Ends esbuild's process, which would keep this one alive. */
export async function stopBundler(): Promise<void> {
  await esbuild.stop();
}

function emptyBundle(): Bundle {
  const none = new Map<string, never>();
  return { files: none, bootModule: "", reloadModule: null, islandModules: none, preloads: none };
}

function entryName(path: string, root: string): string {
  if (path === BOOT || path === RELOAD) return `fresh-${basename(path, ".ts")}`;
  const folders = relative(root, dirname(path)).replaceAll(/[^\w/-]+/g, "_").replaceAll("/", "-");
  const name = basename(path).replace(/\.[^.]+$/, "").replaceAll(/[^\w.-]+/g, "_");
  return folders === "islands" ? name : `${folders}-${name}`;
}

function importsOf(
  outputs: esbuild.Metafile["outputs"],
  path: string,
  seen: Set<string> = new Set(),
): string[] {
  for (const { path: imported, kind, external } of outputs[path]?.imports ?? []) {
    if (kind !== "import-statement" || external || seen.has(imported)) continue;
    seen.add(imported);
    importsOf(outputs, imported, seen);
  }
  return [...seen];
}

function importsPlugin(project: ProjectConfig): esbuild.Plugin {
  return {
    name: "deno-imports",
    setup(build) {
      build.onResolve({ filter: /^[^./]/ }, async ({ path, kind, importer, pluginData }) => {
        if (pluginData === importsPlugin || kind === "entry-point") return null;
        const target = resolveImport(project, path);
        // A package finds its own imports; only Preact it has to share with the project.
        const ofPackage = importer.includes("/node_modules/");
        if (ofPackage && (target === null || !isShared(path))) return null;
        if (target !== null && "path" in target) return { path: target.path };
        return await build.resolve(target?.bare ?? path, {
          kind,
          resolveDir: project.folder,
          pluginData: importsPlugin,
        });
      });
    },
  };
}

/** Preact must be there once: its hooks and signals are kept in module variables. */
function isShared(specifier: string): boolean {
  return /^(preact|@preact\/signals)(\/|$)/.test(specifier);
}
