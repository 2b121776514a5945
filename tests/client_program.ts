import { findProgram, run } from "../lib/embedded/command.ts";

/** The path of a client that a test drives (`curl`, `python3`); one that is missing is installed, as root on Debian. */
export async function clientProgram(name: string): Promise<string> {
  const own = await findProgram(name);
  if (own !== null) return own;
  if (Deno.uid() === 0 && await findProgram("apt-get") !== null) {
    const env = { ...Deno.env.toObject(), DEBIAN_FRONTEND: "noninteractive" };
    const apt = ["-qq", "-o", "DPkg::Lock::Timeout=300"];
    await run("apt-get", [...apt, "update"], { env });
    await run("apt-get", [...apt, "install", "-y", "--no-install-recommends", name], { env });
  }
  const installed = await findProgram(name);
  if (installed === null) throw new Error(`this test needs ${name} on PATH`);
  return installed;
}
