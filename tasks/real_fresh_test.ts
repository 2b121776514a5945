import assert from "node:assert/strict";
import { join } from "node:path";
import { copyForFresh } from "./real_fresh.ts";

const FILES: Readonly<Record<string, string>> = {
  "deno.json": '{ "links": ["./fresh"], "imports": { "fresh": "jsr:@fresh/core@^2.3" } }',
  "deno.lock": "{}",
  "app.ts": "the app",
  "routes/products/[product].tsx": "a page",
  ".dockerignore": "*",
  "fresh/mod.ts": "the stand-in",
  "_fresh/server.js": "a build",
  "node_modules/preact/index.js": "a package",
  ".env": "a secret",
  ".data/bin/nats-server": "a server",
  ".data/postgres/base": "data",
};

async function filesBelow(folder: string, below = ""): Promise<string[]> {
  const files: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(join(folder, below))) {
    const path = join(below, name);
    if (isDirectory) files.push(...await filesBelow(folder, path));
    else files.push(path);
  }
  return files.sort();
}

Deno.test("real fresh - the copy is the checkout without the stand-in, its link, builds, data and secrets", async () => {
  const root = await Deno.makeTempDir({ prefix: "spot-canvas-fresh-" });
  try {
    for (const [path, text] of Object.entries(FILES)) {
      await Deno.mkdir(join(root, path, ".."), { recursive: true });
      await Deno.writeTextFile(join(root, path), text);
    }
    const to = join(root, ".data", "real-fresh");
    await Deno.mkdir(to);
    await Deno.writeTextFile(join(to, "left.ts"), "of an earlier run");
    await copyForFresh(root, to);
    assert.deepEqual(await filesBelow(to), [
      ".data/bin",
      ".dockerignore",
      "app.ts",
      "deno.json",
      "deno.lock",
      "routes/products/[product].tsx",
    ]);
    assert.deepEqual(JSON.parse(await Deno.readTextFile(join(to, "deno.json"))), {
      imports: { fresh: "jsr:@fresh/core@^2.3" },
    });
    assert.equal(await Deno.readTextFile(join(to, ".data/bin/nats-server")), "a server");
    assert.equal(await Deno.readTextFile(join(root, ".data/postgres/base")), "data");
    assert.match(await Deno.readTextFile(join(root, "deno.json")), /links/);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
