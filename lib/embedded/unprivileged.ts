import { run, succeeds } from "./command.ts";

/** The user "nobody", which exists on every Linux. */
const NOBODY = 65534;

/**
 * The command to put before PostgreSQL, which refuses to run as root. An ordinary user needs none.
 * Root gets a user namespace in which it is another user with root's own files; where a container
 * forbids that, PostgreSQL becomes the user "nobody" with the capability to enter every directory.
 * @param directory what PostgreSQL must own.
 */
export async function unprivilegedPrefix(directory: string): Promise<string[]> {
  if (Deno.uid() !== 0) return [];
  const namespace = ["--user", `--map-user=${NOBODY}`, `--map-group=${NOBODY}`];
  if (await succeeds("unshare", [...namespace, "true"])) {
    await own(directory, 0);
    return ["unshare", ...namespace];
  }
  await own(directory, NOBODY);
  const capability = "+dac_override";
  return [
    "setpriv",
    `--reuid=${NOBODY}`,
    `--regid=${NOBODY}`,
    "--clear-groups",
    `--inh-caps=${capability}`,
    `--ambient-caps=${capability}`,
    // Without it PostgreSQL's own access check would ignore the capability.
    "--securebits=+no_setuid_fixup",
  ];
}

async function own(directory: string, user: number): Promise<void> {
  if ((await Deno.stat(directory)).uid === user) return;
  await run("chown", ["-R", `${user}:${user}`, directory]);
}
