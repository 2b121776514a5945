import { join } from "node:path";
import { findProgram, run } from "../../lib/embedded/command.ts";
import { unpackDebianPackages } from "../../lib/embedded/debian_package.ts";
import { installOnce, isDirectory } from "../../lib/embedded/installation.ts";
import { installPostgres } from "../../lib/embedded/postgres_binaries.ts";
import { TEST_BIN_DIR } from "../../lib/embedded/test_bin.ts";

type Program = "pg_dump" | "pg_restore" | "psql";

/** Those that read a PostgreSQL 17; older ones refuse it. */
const VERSIONS = ["17", "18"];
const PACKAGE = "postgresql-client-17";
const QUIET = { binDir: TEST_BIN_DIR, progress: () => {} };

/**
 * Runs one of PostgreSQL's own programs, new enough for the embedded server, and gives what it prints: the machine's, or
 * Debian's, fetched as the server's TimescaleDB is. Throws an Error with its complaint.
 */
export async function runPostgresProgram(
  program: Program,
  args: readonly string[],
): Promise<string> {
  for (const version of VERSIONS) {
    const path = await findProgram(`/usr/lib/postgresql/${version}/bin/${program}`);
    if (path !== null) return await run(path, args);
  }
  const fetched = await installOnce(PACKAGE, QUIET, async (staging) => {
    await unpackDebianPackages("trixie", [PACKAGE], staging);
    return join(staging, PACKAGE);
  });
  const { directory } = await installPostgres(QUIET, null);
  const path = join(fetched, "usr/lib/postgresql/17/bin", program);
  const libraries = join(directory, "lib");
  const libc = join(directory, "libc");
  if (!await isDirectory(libc)) {
    return await run("env", [`LD_LIBRARY_PATH=${libraries}`, path, ...args]);
  }
  const [triplet, loader] = Deno.build.arch === "aarch64"
    ? ["aarch64-linux-gnu", "ld-linux-aarch64.so.1"]
    : ["x86_64-linux-gnu", "ld-linux-x86-64.so.2"];
  const paths = `${libc}:${libraries}:/usr/lib/${triplet}`;
  return await run(join(libc, loader), ["--library-path", paths, path, ...args]);
}
