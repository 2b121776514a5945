import { findProgram, run } from "../../lib/embedded/command.ts";
import { FileLock } from "../../lib/embedded/file_lock.ts";
import { type Progress, timed } from "../../lib/embedded/progress.ts";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"] as const;
/** Two test runs on one machine must not both install it. */
const INSTALL_LOCK = "/run/spot-canvas-chromium.lock";
const HELP = "install chromium, or set CHROMIUM_PATH to a Chromium or Chrome";

/**
 * The path of a Chromium to drive: `CHROMIUM_PATH`, the machine's own, or one installed with apt,
 * which root alone can do. Throws an error that says what to install.
 */
export async function ensureChromium(progress: Progress): Promise<string> {
  const named = Deno.env.get("CHROMIUM_PATH");
  if (named) {
    if (await findProgram(named) !== null) return named;
    throw new Error(`CHROMIUM_PATH names no program: ${named}`);
  }
  const own = await findChromium();
  if (own !== null) return own;
  if (Deno.build.os !== "linux" || Deno.uid() !== 0 || await findProgram("apt-get") === null) {
    throw new Error(`The browser tests need Chromium: ${HELP}`);
  }
  using _lock = await FileLock.take(
    INSTALL_LOCK,
    () => progress("Chromium: waiting for another process that is installing it"),
  );
  return await findChromium() ?? await timed(progress, "Chromium installed with apt", install);
}

async function install(): Promise<string> {
  try {
    await apt("update");
    await apt("install", "--yes", "--no-install-recommends", "chromium");
  } catch (error) {
    throw new Error(`Chromium cannot be installed with apt: ${HELP}`, { cause: error });
  }
  const installed = await findChromium();
  if (installed === null) throw new Error(`Debian's chromium has no program: ${HELP}`);
  return installed;
}

async function apt(...args: readonly string[]): Promise<void> {
  await run("apt-get", ["-qq", "-o", "DPkg::Lock::Timeout=300", ...args], {
    env: { ...Deno.env.toObject(), DEBIAN_FRONTEND: "noninteractive" },
  });
}

async function findChromium(): Promise<string | null> {
  for (const name of NAMES) {
    const path = await findProgram(name);
    if (path !== null) return path;
  }
  return null;
}
