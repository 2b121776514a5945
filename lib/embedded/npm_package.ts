import { join } from "node:path";
import { run } from "./command.ts";

/** One published version of an npm package, pinned to its content. */
export interface NpmPackage {
  readonly name: string;
  readonly version: string;
  /** The registry's `dist.integrity`: Deno refuses a tarball with another digest. */
  readonly integrity: string;
}

/**
 * Fetches a package at run time that is not a dependency of the project, by `deno install` in a
 * separate directory with a frozen lock file. Uses Deno's cache and npm configuration, runs none of
 * the package's scripts. Returns the unpacked package's directory.
 */
export async function fetchNpmPackage(
  { name, version, integrity }: NpmPackage,
  directory: string,
  signal?: AbortSignal,
): Promise<string> {
  const specifier = `npm:${name}@${version}`;
  await Deno.mkdir(directory, { recursive: true });
  await Deno.writeTextFile(
    join(directory, "deno.json"),
    JSON.stringify({ nodeModulesDir: "auto", imports: { package: specifier } }),
  );
  await Deno.writeTextFile(
    join(directory, "deno.lock"),
    JSON.stringify({
      version: "5",
      specifiers: { [specifier]: version },
      npm: { [`${name}@${version}`]: { integrity } },
      workspace: { dependencies: [specifier] },
    }),
  );
  await run(Deno.execPath(), ["install", "--frozen", "--quiet"], { cwd: directory, signal });
  return await Deno.realPath(join(directory, "node_modules", name));
}
