import { join } from "node:path";

const FIXTURE = join(import.meta.dirname ?? ".", "app");
const FRESH = join(FIXTURE, "..", "..");

/** Copies the fixture to a separate project, for tests that change it. */
export async function copyFixture(): Promise<{ root: string } & AsyncDisposable> {
  const root = await Deno.makeTempDir({ prefix: "fresh-fixture-" });
  await copy(FIXTURE, root);
  const config = join(root, "deno.json");
  const links = [FRESH];
  const project = { ...JSON.parse(await Deno.readTextFile(config)), links };
  await Deno.writeTextFile(config, JSON.stringify(project));
  await Deno.symlink(join(FRESH, "..", "node_modules"), join(root, "node_modules"));
  return { root, [Symbol.asyncDispose]: () => Deno.remove(root, { recursive: true }) };
}

async function copy(from: string, to: string): Promise<void> {
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (isDirectory) {
      await Deno.mkdir(join(to, name));
      await copy(join(from, name), join(to, name));
    } else await Deno.copyFile(join(from, name), join(to, name));
  }
}
