import { findProgram } from "../../lib/embedded/command.ts";
import type { Progress } from "../../lib/embedded/progress.ts";
import { type DebianProgram, ensureDebianProgram } from "../harness/debian_install.ts";

const HELP =
  "install chromium-headless-shell or chromium, or set CHROMIUM_PATH to one or to Chrome";
/**
 * The same engine without what surrounds pages in a window. A whole Chromium starts that for every page of a test, which
 * takes longer than the page itself.
 */
const SHELL: DebianProgram = {
  title: "Chromium's headless shell",
  packageName: "chromium-headless-shell",
  help: HELP,
  find: () => findFirst(["chromium-headless-shell", "chrome-headless-shell"]),
};
const WHOLE_NAMES = [
  "chromium",
  "chromium-browser",
  "google-chrome",
  "google-chrome-stable",
] as const;

/**
 * The path of a Chromium to drive: `CHROMIUM_PATH`, the machine's own, or one installed with apt,
 * which root alone can do. It is a headless shell where there is one to have. Throws an error that
 * names what to install.
 */
export async function ensureChromium(progress: Progress): Promise<string> {
  const named = Deno.env.get("CHROMIUM_PATH");
  if (named) {
    if (await findProgram(named) !== null) return named;
    throw new Error(`CHROMIUM_PATH names no program: ${named}`);
  }
  try {
    return await ensureDebianProgram(SHELL, progress);
  } catch (error) {
    const whole = await findFirst(WHOLE_NAMES);
    if (whole === null) throw error;
    progress(`${error instanceof Error ? error.message : error}: tests take the slower ${whole}`);
    return whole;
  }
}

async function findFirst(names: readonly string[]): Promise<string | null> {
  for (const name of names) {
    const path = await findProgram(name);
    if (path !== null) return path;
  }
  return null;
}
