import assert from "node:assert/strict";
import { join } from "node:path";
import { processesServing, stopLeftovers } from "./processes.ts";

async function withSleepers(
  test: (inside: Deno.ChildProcess, outside: Deno.ChildProcess, directory: string) => Promise<void>,
): Promise<void> {
  const directory = await Deno.realPath(await Deno.makeTempDir());
  await Deno.mkdir(join(directory, "sub"));
  const sleepers = [directory, join(directory, "sub")].map((cwd) =>
    new Deno.Command("sleep", { args: ["60"], cwd }).spawn()
  );
  const [inside, outside] = sleepers;
  assert.ok(inside && outside);
  try {
    await test(inside, outside, directory);
  } finally {
    for (const sleeper of sleepers) {
      try {
        sleeper.kill("SIGKILL");
      } catch {
        // It has ended, as some tests want it to.
      }
      await sleeper.status;
    }
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("processes - a process serves from exactly its working directory, with a known program", async () => {
  await withSleepers(async (inside, _outside, directory) => {
    const program = (await Deno.readLink(`/proc/${inside.pid}/exe`)).split("/").at(-1) ?? "";
    assert.deepEqual(await processesServing(directory, [program]), [inside.pid]);
    assert.deepEqual(await processesServing(directory, ["postgres"]), []);
  });
});

Deno.test("processes - stopping leftovers ends those of the directory and no others", async () => {
  await withSleepers(async (inside, outside, directory) => {
    const program = (await Deno.readLink(`/proc/${inside.pid}/exe`)).split("/").at(-1) ?? "";
    assert.equal(await stopLeftovers(directory, [program], "SIGTERM", 1000), true);
    assert.equal((await inside.status).signal, "SIGTERM");
    assert.equal(await stopLeftovers(directory, [program], "SIGTERM", 1000), false);
    assert.deepEqual(await processesServing(join(directory, "sub"), [program]), [outside.pid]);
  });
});

Deno.test("processes - a leftover that ignores its signal is killed after the timeout", async () => {
  await withSleepers(async (inside, _outside, directory) => {
    const program = (await Deno.readLink(`/proc/${inside.pid}/exe`)).split("/").at(-1) ?? "";
    inside.kill("SIGSTOP");
    await stopLeftovers(directory, [program], "SIGTERM", 100);
    assert.equal((await inside.status).signal, "SIGKILL");
  });
});
