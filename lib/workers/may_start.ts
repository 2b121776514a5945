/** Why this process can have no web workers; null if it can. */
export function objectionToWorkers(): string | null {
  if (Deno.build.os !== "linux") {
    return `only Linux spreads connections over processes, and this is ${Deno.build.os}: give 1`;
  }
  const command = Deno.execPath();
  if (Deno.permissions.querySync({ name: "run", command }).state === "granted") return null;
  return `this process may not start Deno: give 1, or --allow-run=${command} ` +
    "(docs/deploying.md: More than one core)";
}

/**
 * Checks that no other program listens on the port that workers will share, since sharing itself does not fail for
 * another program of the same user. Throws what `Deno.listen` throws.
 */
export function freePort(hostname: string, port: number): number {
  using listener = Deno.listen({ hostname, port });
  return listener.addr.port;
}

/** A command to put before another, so that the kernel ends that one with its parent; empty where there is none. */
export async function endedWithParent(): Promise<readonly string[]> {
  const command = ["setpriv", "--pdeathsig", "KILL"];
  const state = Deno.permissions.querySync({ name: "run", command: "setpriv" }).state;
  if (state !== "granted") return [];
  try {
    const { success } = await new Deno.Command("setpriv", {
      args: [...command.slice(1), "true"],
      stdout: "null",
      stderr: "null",
    }).output();
    return success ? command : [];
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
