import { findProgram, run } from "../../lib/embedded/command.ts";
import { FileLock } from "../../lib/embedded/file_lock.ts";
import { type Progress, timed } from "../../lib/embedded/progress.ts";

/** A program that Debian packages. */
export interface DebianProgram {
  readonly title: string;
  readonly packageName: string;
  /** What to do where it cannot be installed; ends the sentence "…: …". */
  readonly help: string;
  /** Its path if it is installed. */
  find(): Promise<string | null>;
}

/** Two test runs on one machine must not both install something. */
const LOCK = "/run/spot-canvas-apt.lock";

/**
 * The path of a program: the machine's own, or one installed with apt, which root alone can do. Throws an error that
 * names what to install.
 */
export async function ensureDebianProgram(
  program: DebianProgram,
  progress: Progress,
): Promise<string> {
  const { title, help } = program;
  const own = await program.find();
  if (own !== null) return own;
  if (Deno.build.os !== "linux" || Deno.uid() !== 0 || await findProgram("apt-get") === null) {
    throw new Error(`The tests need ${title}: ${help}`);
  }
  using _lock = await FileLock.take(
    LOCK,
    () => progress(`${title}: waiting for another process that is installing something`),
  );
  return await program.find() ??
    await timed(progress, `${title} installed with apt`, () => install(program));
}

async function install({ title, packageName, help, find }: DebianProgram): Promise<string> {
  try {
    await apt("update");
    await apt("install", "--yes", "--no-install-recommends", packageName);
  } catch (error) {
    throw new Error(`${title} cannot be installed with apt: ${help}`, { cause: error });
  }
  const installed = await find();
  if (installed === null) throw new Error(`Debian's ${packageName} has no program: ${help}`);
  return installed;
}

async function apt(...args: readonly string[]): Promise<void> {
  await run("apt-get", ["-qq", "-o", "DPkg::Lock::Timeout=300", ...args], {
    env: { ...Deno.env.toObject(), DEBIAN_FRONTEND: "noninteractive" },
  });
}
