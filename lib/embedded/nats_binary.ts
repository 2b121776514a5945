import { join } from "node:path";
import { findProgram, run } from "./command.ts";
import { unpackDebianPackages } from "./debian_package.ts";
import { EmbeddedError, GIVE_NATS_URL, reasonOf } from "./error.ts";
import { installOnce, type InstallOptions } from "./installation.ts";
import { timed } from "./progress.ts";

const NAME = "nats-server";
/** Debian's suites that have a server new enough, the best first. */
const SUITES = ["forky", "trixie"] as const;
const OLDEST = [2, 10] as const;

/**
 * The path of a nats-server of at least 2.10: the machine's own, or Debian's unpacked into `binDir`.
 * Throws `EmbeddedError` if there is neither.
 */
export async function installNats(options: InstallOptions): Promise<string> {
  const own = await findProgram(NAME);
  if (own !== null && isNewEnough(await versionOf(own))) return own;
  const directory = await installOnce(NAME, options, async (staging) => {
    const { path } = await timed(
      options.progress,
      ({ version }) => `nats-server ${version} fetched with apt`,
      () => fetchFromDebian(staging, options.signal),
    );
    const result = join(staging, "result");
    await Deno.mkdir(result);
    await Deno.rename(path, join(result, NAME));
    return result;
  });
  return join(directory, NAME);
}

async function fetchFromDebian(
  staging: string,
  signal?: AbortSignal,
): Promise<{ path: string; version: string }> {
  let failure: unknown;
  for (const suite of SUITES) {
    try {
      const directory = join(staging, suite);
      await unpackDebianPackages(suite, [NAME], directory, signal);
      const path = join(directory, NAME, "usr/sbin", NAME);
      const version = await versionOf(path);
      if (isNewEnough(version)) return { path, version };
      failure = new Error(`${suite} has only nats-server ${version}`);
    } catch (error) {
      signal?.throwIfAborted();
      failure = error;
    }
  }
  throw new EmbeddedError(
    `nats-server is not available (${reasonOf(failure)}): install nats-server 2.10 or newer, ` +
      GIVE_NATS_URL,
    { cause: failure },
  );
}

/** `2.15.1`, or `0` for a program that does not run or prints no version. */
async function versionOf(path: string): Promise<string> {
  const printed = await run(path, ["--version"]).catch(() => "");
  return /v(\d+\.\d+\.\d+)/.exec(printed)?.[1] ?? "0";
}

function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
}
