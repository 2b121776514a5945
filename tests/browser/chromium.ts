import { findProgram } from "../../lib/embedded/command.ts";
import type { Progress } from "../../lib/embedded/progress.ts";
import { ensureDebianProgram } from "../harness/debian_install.ts";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"] as const;

/**
 * The path of a Chromium to drive: `CHROMIUM_PATH`, the machine's own, or one installed with apt,
 * which root alone can do. Throws an error that names what to install.
 */
export async function ensureChromium(progress: Progress): Promise<string> {
  const named = Deno.env.get("CHROMIUM_PATH");
  if (named) {
    if (await findProgram(named) !== null) return named;
    throw new Error(`CHROMIUM_PATH names no program: ${named}`);
  }
  return await ensureDebianProgram({
    title: "Chromium",
    packageName: "chromium",
    help: "install chromium, or set CHROMIUM_PATH to a Chromium or Chrome",
    find: findChromium,
  }, progress);
}

async function findChromium(): Promise<string | null> {
  for (const name of NAMES) {
    const path = await findProgram(name);
    if (path !== null) return path;
  }
  return null;
}
