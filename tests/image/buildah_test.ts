import assert from "node:assert/strict";
import { join } from "node:path";
import { newDirectory } from "../servers.ts";
import { CONTEXT } from "./build_inputs.ts";
import { Buildah, NoBuildah } from "./buildah.ts";
import { differences, fileListing } from "./file_listing.ts";
import { ImageTree } from "./image_tree.ts";

/** What Deno has learned about modules, in a database whose bytes are never the same twice. */
const LEARNED = /_analysis_cache/;

/** Null, and a line with the reason, where it is not installed or cannot run. */
async function openBuildah(): Promise<Buildah | null> {
  try {
    return await Buildah.open(await newDirectory());
  } catch (error) {
    if (!(error instanceof NoBuildah)) throw error;
    console.log(
      `${error.message}; the image's tree is only checked as derived from the Dockerfile`,
    );
    return null;
  }
}

Deno.test("image - buildah makes of the Dockerfile the tree that is tested, file by file", async () => {
  const tree = await ImageTree.build(await newDirectory());
  const files = await fileListing(tree.root, ["app", "deno-dir"], LEARNED);
  assert.ok(files.has("app/serve.ts") && files.size > 500, `${files.size} files`);
  const closed = [...files].filter(([, entry]) => !/mode [4567][4567][4567]/.test(entry));
  assert.deepEqual(closed, [], "every user may read everything");
  assert.equal(tree.config.user, "65532:65532");
  const buildah = await openBuildah();
  if (buildah === null) return;
  try {
    const dockerfile = await Deno.readTextFile(join(CONTEXT, "Dockerfile"));
    const built = await buildah.build(dockerfile);
    const builtFiles = await fileListing(built.root, ["app", "deno-dir"], LEARNED);
    assert.deepEqual(differences(files, builtFiles), []);
    assert.deepEqual(built.config, tree.config);
  } finally {
    await buildah.remove();
  }
});

Deno.test("image - a Dockerfile with an error in it is buildah's error, not a reason to go without", async () => {
  const buildah = await openBuildah();
  if (buildah === null) return;
  try {
    const begin = "FROM some/base:1\nWORKDIR /app\n";
    await assert.rejects(buildah.build(`${begin}RUN exit 3\n`), /exit status 3/);
    await assert.rejects(buildah.build(`${begin}COPY nowhere.ts ./\n`), /nowhere\.ts/);
    await assert.rejects(buildah.build(`${begin}COPY README.md ./\n`), /README\.md/, "is not sent");
  } finally {
    await buildah.remove();
  }
});

Deno.test("image - trees that differ in bytes, permissions or kind are distinguished", async () => {
  const [one, other] = [await newDirectory(), await newDirectory()];
  for (const root of [one, other]) {
    await Deno.mkdir(join(root, "app"), { mode: 0o755 });
    for (const name of ["bytes", "mode", "kind", "same"]) {
      await Deno.writeTextFile(join(root, "app", name), name, { mode: 0o644 });
    }
  }
  await Deno.writeTextFile(join(one, "app/bytes"), "BYTES");
  await Deno.chmod(join(one, "app/mode"), 0o600);
  await Deno.remove(join(one, "app/kind"));
  await Deno.symlink("same", join(one, "app/kind"));
  await Deno.writeTextFile(join(one, "app/more"), "");
  await Deno.writeTextFile(join(one, "app/left"), "");
  const listings = [one, other].map((root) => fileListing(root, ["app"], /left/));
  const [first = new Map(), second = new Map()] = await Promise.all(listings);
  assert.deepEqual(
    differences(first, second).map((line) => line.split(":")[0]),
    ["app/bytes", "app/kind", "app/mode", "app/more"],
  );
});
