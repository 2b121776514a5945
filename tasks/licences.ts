/**
 * `deno task licences`: the licence of every npm package that is installed, by licence. Fails if a package has none, or
 * one that was not reviewed.
 */
import { join } from "node:path";
import { z } from "zod";

/**
 * Reviewed, and fit for a program under the MIT licence. MPL-2.0 covers changes of its own files
 * only.
 */
const KNOWN = new Set([
  "0BSD",
  "Apache-2.0",
  "BlueOak-1.0.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "ISC",
  "MIT",
  "MPL-2.0",
  "Unlicense",
]);

export interface LicencedPackage {
  readonly name: string;
  readonly version: string;
  /** The package's own statement; null if it has none. */
  readonly licence: string | null;
}

const PACKAGE = z.object({
  name: z.string(),
  version: z.string(),
  license: z.union([z.string(), z.object({ type: z.string() })]).optional(),
});

/** All packages below a `node_modules` that Deno has made, each version once, by name. */
export async function readLicences(nodeModules: string): Promise<LicencedPackage[]> {
  const found = new Map<string, LicencedPackage>();
  for await (const path of packageFiles(join(nodeModules, ".deno"))) {
    const { name, version, license } = PACKAGE.parse(JSON.parse(await Deno.readTextFile(path)));
    const licence = typeof license === "object" ? license.type : license ?? null;
    found.set(`${name}@${version}`, { name, version, licence });
  }
  return [...found.values()].sort((a, b) => a.name < b.name ? -1 : 1);
}

/**
 * Why a package cannot be used without a review; null if it can. Of licences joined by `OR` one is
 * enough.
 */
export function objectionTo({ licence }: LicencedPackage): string | null {
  if (licence === null) return "says no licence";
  const choices = licence.replace(/^\(|\)$/g, "").split(" OR ");
  return choices.some((choice) => KNOWN.has(choice)) ? null : `${licence} was not reviewed`;
}

/** One line for each licence, most used first. */
export function licenceLines(packages: readonly LicencedPackage[]): string[] {
  const groups = Map.groupBy(packages, ({ licence }) => licence ?? "none");
  return [...groups].sort(([, a], [, b]) => b.length - a.length).map(([licence, group]) =>
    `${licence} (${group.length}): ${
      group.map(({ name, version }) => `${name}@${version}`).join(", ")
    }`
  );
}

/** Deno keeps `name@version/node_modules/name`, and links to the others beside it. */
async function* packageFiles(store: string): AsyncIterable<string> {
  for await (const { name, isDirectory } of Deno.readDir(store)) {
    if (!isDirectory || name === "node_modules") continue;
    yield* packagesIn(join(store, name, "node_modules"));
  }
}

async function* packagesIn(folder: string): AsyncIterable<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (!isDirectory) continue;
    if (name.startsWith("@")) yield* packagesIn(join(folder, name));
    else yield join(folder, name, "package.json");
  }
}

if (import.meta.main) {
  const packages = await readLicences(join(import.meta.dirname ?? ".", "..", "node_modules"));
  const objections = packages.flatMap((one) => {
    const reason = objectionTo(one);
    return reason === null ? [] : [`${one.name}@${one.version}: ${reason}`];
  });
  for (const line of [...licenceLines(packages), ...objections]) console.log(line);
  if (packages.length === 0) console.log("nothing is installed: run `deno install` first");
  Deno.exit(packages.length > 0 && objections.length === 0 ? 0 : 1);
}
