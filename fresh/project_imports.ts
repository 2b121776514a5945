import { dirname, join } from "node:path";

/** A project's deno.json, as far as the builder reads it. */
export interface ProjectConfig {
  /** The folder that deno.json is in. */
  readonly folder: string;
  readonly imports: Readonly<Record<string, string>>;
}

/** Reads the nearest deno.json at or above a folder. Throws an Error if there is none. */
export async function readProjectConfig(root: string): Promise<ProjectConfig> {
  for (let folder = root;; folder = dirname(folder)) {
    for (const name of ["deno.json", "deno.jsonc"]) {
      const text = await readIfPresent(join(folder, name));
      if (text !== null) return parse(folder, text);
    }
    if (dirname(folder) === folder) throw new Error(`No deno.json at or above ${root}`);
  }
}

/**
 * What an import specifier means by the project's imports: a file's absolute path, or a package's bare
 * specifier to be found in node_modules. Null if the imports say nothing about it.
 */
export function resolveImport(
  config: ProjectConfig,
  specifier: string,
): { path: string } | { bare: string } | null {
  if (specifier.startsWith("npm:")) return { bare: npmPackage(specifier) };
  const key = Object.keys(config.imports)
    .filter((name) =>
      specifier === name || specifier.startsWith(name.endsWith("/") ? name : `${name}/`)
    )
    .sort((a, b) => b.length - a.length)[0];
  const target = key === undefined ? undefined : config.imports[key];
  if (key === undefined || target === undefined) return null;
  const rest = specifier.slice(key.length);
  if (target.startsWith("npm:")) return { bare: npmPackage(target) + rest };
  if (!/^\.{0,2}\//.test(target)) return null;
  return { path: join(target.startsWith("/") ? "/" : config.folder, target + rest) };
}

/** `npm:@scope/name@1.2.3/sub` as `@scope/name/sub`. */
function npmPackage(specifier: string): string {
  const [, name = "", sub = ""] =
    /^npm:\/?((?:@[^/]+\/)?[^/@]+)(?:@[^/]+)?(\/.*)?$/.exec(specifier) ??
      [];
  return name + sub;
}

function parse(folder: string, text: string): ProjectConfig {
  // deno.jsonc's comments: whole lines and what follows a comma or brace; strings are left alone.
  const json = text.replace(
    /("(?:\\.|[^"\\])*")|\/\/.*$|\/\*[\s\S]*?\*\//gm,
    (_, string) => string ?? "",
  );
  const config = JSON.parse(json);
  return {
    folder,
    imports: config.imports ?? {},
  };
}

async function readIfPresent(path: string): Promise<string | null> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}
