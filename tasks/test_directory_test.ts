import assert from "node:assert/strict";
import { join } from "node:path";
import { makeTestDirectory } from "./test_directory.ts";

const ROOMY = { roomBytes: 0 };

/** Calls `test` with a directory that a list of mounts names, as a file system of that kind. */
async function withMount(
  type: string,
  options: string,
  test: (memory: string, mounts: string) => Promise<void>,
): Promise<void> {
  const root = await Deno.makeTempDir();
  try {
    const memory = join(root, "memory");
    const mounts = join(root, "mounts");
    await Deno.mkdir(memory);
    await Deno.writeTextFile(
      mounts,
      `/dev/vda / ext4 rw 0 0\ntmpfs /elsewhere tmpfs rw 0 0\n${type} ${memory} ${type} ${options} 0 0\n`,
    );
    await test(memory, mounts);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

Deno.test("test directory - where there is room in memory a run has a directory there, until it is over", async () => {
  await withMount("tmpfs", "rw,relatime", async (memory, mounts) => {
    {
      using directory = await makeTestDirectory({ memory, mounts, ...ROOMY });
      assert.ok(directory !== null);
      assert.ok(directory.path.startsWith(`${memory}/`), directory.path);
      await Deno.writeTextFile(join(directory.path, "left"), "by a test");
    }
    assert.deepEqual(await Array.fromAsync(Deno.readDir(memory)), []);
  });
});

Deno.test("test directory - without room, or where programs may not run or files are on a disk, there is none", async () => {
  await withMount("tmpfs", "rw", async (memory, mounts) => {
    assert.equal(await makeTestDirectory({ memory, mounts, roomBytes: 2 ** 60 }), null);
  });
  for (const [type, options] of [["tmpfs", "rw,nosuid,noexec"], ["ext4", "rw"]] as const) {
    await withMount(type, options, async (memory, mounts) => {
      assert.equal(await makeTestDirectory({ memory, mounts, ...ROOMY }), null);
    });
  }
  const nowhere = { memory: "/nowhere", mounts: "/nowhere/mounts", ...ROOMY };
  assert.equal(await makeTestDirectory(nowhere), null);
});

Deno.test("test directory - a run that is interrupted leaves none", async () => {
  await withMount("tmpfs", "rw", async (memory, mounts) => {
    const code = `import { makeTestDirectory } from ${
      JSON.stringify(import.meta.resolve("./test_directory.ts"))
    };
      const made = await makeTestDirectory(${JSON.stringify({ memory, mounts, ...ROOMY })});
      Deno.writeTextFileSync(made.path + "/left", "by a test");
      Deno.exit(130);`;
    const { code: exitCode } = await new Deno.Command(Deno.execPath(), {
      args: ["eval", "--no-config", code],
      stdout: "null",
    }).output();
    assert.equal(exitCode, 130);
    assert.deepEqual(await Array.fromAsync(Deno.readDir(memory)), []);
  });
});
