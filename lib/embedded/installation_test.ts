import assert from "node:assert/strict";
import { join } from "node:path";
import { installOnce } from "./installation.ts";

async function withBinDir(test: (binDir: string) => Promise<void>): Promise<void> {
  const binDir = await Deno.makeTempDir();
  try {
    await test(binDir);
  } finally {
    await Deno.remove(binDir, { recursive: true });
  }
}

const builder = (text: string) => async (staging: string) => {
  const result = join(staging, "result");
  await Deno.mkdir(result);
  await new Promise((resolve) => setTimeout(resolve, 50));
  await Deno.writeTextFile(join(result, "file"), text);
  return result;
};

Deno.test("installation - of two concurrent installations one builds and both get it", async () => {
  await withBinDir(async (binDir) => {
    let builds = 0;
    const install = () =>
      installOnce("thing", { binDir, progress: () => {} }, (staging) => {
        builds++;
        return builder("built")(staging);
      });
    const [first, second] = await Promise.all([install(), install()]);
    assert.equal(first, second);
    assert.equal(builds, 1);
    assert.equal(await Deno.readTextFile(join(first, "file")), "built");
  });
});

Deno.test("installation - what an installation killed halfway left is never used", async () => {
  await withBinDir(async (binDir) => {
    await Deno.mkdir(join(binDir, "thing.staging", "result"), { recursive: true });
    await Deno.writeTextFile(join(binDir, "thing.staging", "result", "half"), "");
    const options = { binDir, progress: () => {} };
    const directory = await installOnce("thing", options, builder("whole"));
    const files = [...Deno.readDirSync(directory)].map(({ name }) => name);
    assert.deepEqual(files, ["file"]);
  });
});

Deno.test("installation - an installation that fails leaves nothing, so that the next one can succeed", async () => {
  await withBinDir(async (binDir) => {
    const options = { binDir, progress: () => {} };
    const failing = installOnce("thing", options, () => Promise.reject(new Error("no network")));
    await assert.rejects(failing, { message: "no network" });
    const directory = await installOnce("thing", options, builder("later"));
    assert.equal(await Deno.readTextFile(join(directory, "file")), "later");
  });
});
