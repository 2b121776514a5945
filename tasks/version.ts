/**
 * `deno task version` prints the version; `deno task version 0.3.0` prepares the release of that one: it goes into
 * `lib/app/version.ts`, and into the changelog with today's date (UTC).
 */
import { join } from "node:path";

const ROOT = join(import.meta.dirname ?? ".", "..");
const DECLARED = /^export const VERSION = "(.*)";$/m;
const UNRELEASED = "## [Unreleased]\n";
const FORM = /^(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})$/;

/** The texts that a release changes: `lib/app/version.ts` and the changelog. */
export interface Release {
  readonly source: string;
  readonly changelog: string;
}

export function declaredVersion(source: string): string {
  const version = DECLARED.exec(source)?.[1];
  if (version === undefined) throw new Error("lib/app/version.ts declares no VERSION");
  return version;
}

/** Both texts for the release of `version` on `day` (such as 2026-11-27). Throws an Error if it is not possible. */
export function prepareRelease(version: string, day: string, before: Release): Release {
  const current = declaredVersion(before.source);
  if (!FORM.test(version)) {
    throw new Error(`"${version.slice(0, 64)}" is not a version: three numbers, such as 0.3.0`);
  }
  if (!isHigher(version, current)) throw new Error(`${version} is not higher than ${current}`);
  const { changelog } = before;
  const start = changelog.indexOf(UNRELEASED);
  if (start === -1) throw new Error(`CHANGELOG.md has no line "${UNRELEASED.trim()}"`);
  const changes = start + UNRELEASED.length;
  const end = changelog.indexOf("\n## ", changes);
  if (changelog.slice(changes, end === -1 ? undefined : end).trim() === "") {
    throw new Error("CHANGELOG.md has nothing under Unreleased: there is nothing to release");
  }
  return {
    source: before.source.replace(DECLARED, `export const VERSION = "${version}";`),
    changelog: `${changelog.slice(0, changes)}\n## [${version}] - ${day}\n${
      changelog.slice(changes)
    }`,
  };
}

function isHigher(a: string, b: string): boolean {
  const [numbersA, numbersB] = [a, b].map((version) => version.split(".").map(Number));
  const place = numbersA?.findIndex((number, index) => number !== numbersB?.[index]) ?? -1;
  return place !== -1 && (numbersA?.[place] ?? 0) > (numbersB?.[place] ?? 0);
}

async function main([version, ...rest]: readonly string[]): Promise<number> {
  const sourcePath = join(ROOT, "lib", "app", "version.ts");
  const changelogPath = join(ROOT, "CHANGELOG.md");
  const source = await Deno.readTextFile(sourcePath);
  if (version === undefined) {
    console.log(declaredVersion(source));
    return 0;
  }
  try {
    if (rest.length > 0) throw new Error("one version at most, such as 0.3.0");
    const changelog = await Deno.readTextFile(changelogPath);
    const day = new Date().toISOString().slice(0, 10);
    const release = prepareRelease(version, day, { source, changelog });
    await Deno.writeTextFile(sourcePath, release.source);
    await Deno.writeTextFile(changelogPath, release.changelog);
    console.log(`${declaredVersion(source)} -> ${version}; CONTRIBUTING.md has the next steps`);
    return 0;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return 2;
  }
}

if (import.meta.main) Deno.exit(await main(Deno.args));
