import { dirname, join, resolve } from "node:path";

/** A project's deno.json, as far as the builder reads it. */
export interface ProjectConfig {
  /** The folder that deno.json is in. */
  readonly folder: string;
  readonly imports: Readonly<Record<string, string>>;
  /** The packages on this machine that `links` puts in place of published ones, by their name. */
  readonly links: ReadonlyMap<string, LinkedPackage>;
}

/** A folder with its own package. */
export interface LinkedPackage {
  /** Absolute. */
  readonly folder: string;
  /** What each of its entry points is, `{ ".": "./mod.ts", "./dev": "./dev.ts" }`. */
  readonly exports: Readonly<Record<string, string>>;
}

const NAMES = ["deno.json", "deno.jsonc"];

/** Reads the nearest deno.json at or above a folder. Throws an Error if there is none. */
export async function readProjectConfig(root: string): Promise<ProjectConfig> {
  for (let folder = root;; folder = dirname(folder)) {
    const config = await readConfig(folder);
    if (config !== null) {
      const links = await Promise.all((config.links ?? []).map((link) => readLink(folder, link)));
      return { folder, imports: config.imports ?? {}, links: new Map(links.flat()) };
    }
    if (dirname(folder) === folder) throw new Error(`No deno.json at or above ${root}`);
  }
}

/**
 * What an import specifier means by the project's imports: a file's absolute path, or a package's bare
 * specifier to be found in node_modules. Null if the imports do not mention it.
 */
export function resolveImport(
  config: ProjectConfig,
  specifier: string,
): { path: string } | { bare: string } | null {
  const direct = resolvePackage(config, specifier);
  if (direct !== null) return direct;
  const key = Object.keys(config.imports)
    .filter((name) =>
      specifier === name || specifier.startsWith(name.endsWith("/") ? name : `${name}/`)
    )
    .sort((a, b) => b.length - a.length)[0];
  const target = key === undefined ? undefined : config.imports[key];
  if (key === undefined || target === undefined) return null;
  const rest = specifier.slice(key.length);
  const packaged = resolvePackage(config, target, rest);
  if (packaged !== null) return packaged;
  if (!/^\.{0,2}\//.test(target)) return null;
  return { path: join(target.startsWith("/") ? "/" : config.folder, target + rest) };
}

/** What `npm:…` or `jsr:…` means, with `rest` behind it; null for anything else. */
function resolvePackage(
  config: ProjectConfig,
  specifier: string,
  rest = "",
): { path: string } | { bare: string } | null {
  const [, registry, name = "", sub = ""] =
    /^(npm|jsr):\/?((?:@[^/]+\/)?[^/@]+)(?:@[^/]+)?(\/.*)?$/.exec(specifier) ?? [];
  if (registry === "npm") return { bare: name + sub + rest };
  const linked = registry === "jsr" ? config.links.get(name) : undefined;
  const file = linked?.exports[`.${sub}${rest}`];
  return linked === undefined || file === undefined ? null : { path: join(linked.folder, file) };
}

interface ConfigFile {
  name?: string;
  imports?: Record<string, string>;
  links?: string[];
  exports?: string | Record<string, string>;
}

async function readLink(from: string, link: string): Promise<[string, LinkedPackage][]> {
  const folder = resolve(from, link);
  const config = await readConfig(folder);
  // A linked npm package has a package.json and is in node_modules, like any other.
  if (config?.name === undefined) return [];
  const { name, exports = {} } = config;
  return [[name, { folder, exports: typeof exports === "string" ? { ".": exports } : exports }]];
}

async function readConfig(folder: string): Promise<ConfigFile | null> {
  for (const name of NAMES) {
    const text = await readIfPresent(join(folder, name));
    if (text !== null) return parse(text);
  }
  return null;
}

function parse(text: string): ConfigFile {
  // deno.jsonc's comments: whole lines and what follows a comma or brace; strings are left alone.
  const json = text.replace(
    /("(?:\\.|[^"\\])*")|\/\/.*$|\/\*[\s\S]*?\*\//gm,
    (_, string) => string ?? "",
  );
  return JSON.parse(json);
}

async function readIfPresent(path: string): Promise<string | null> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}
