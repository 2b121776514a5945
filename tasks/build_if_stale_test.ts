import assert from "node:assert/strict";
import { join } from "node:path";
import { buildIfStale } from "./build_if_stale.ts";

/** A repository of two files whose build counts itself, gone after `work`. */
async function withRepository(work: (repository: Repository) => Promise<void>): Promise<void> {
  const root = await Deno.makeTempDir();
  try {
    const repository = new Repository(root);
    await repository.write("routes/index.tsx", "page");
    await repository.write("deno.json", "{}");
    await work(repository);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

class Repository {
  builds = 0;
  duringBuild: () => Promise<void> = () => Promise.resolve();

  constructor(readonly root: string) {}

  async write(path: string, text: string): Promise<void> {
    const full = join(this.root, path);
    await Deno.mkdir(join(full, ".."), { recursive: true });
    await Deno.writeTextFile(full, text);
  }

  /** Whether this call built. */
  async built(): Promise<boolean> {
    const { root } = this;
    const before = this.builds;
    const built = await buildIfStale(() => {}, {
      root,
      build: async () => {
        this.builds++;
        await this.duringBuild();
        await this.write("_fresh/server.js", "server");
      },
    });
    assert.equal(built, this.builds > before);
    return built;
  }
}

Deno.test("build if stale - a first call builds, the next does not", () =>
  withRepository(async (repository) => {
    assert.equal(await repository.built(), true);
    assert.equal(await repository.built(), false);
  }));

Deno.test("build if stale - a file changed, added or removed builds again", () =>
  withRepository(async (repository) => {
    await repository.built();
    await repository.write("routes/index.tsx", "another page");
    assert.equal(await repository.built(), true);
    await repository.write("islands/Chart.tsx", "island");
    assert.equal(await repository.built(), true);
    await Deno.remove(join(repository.root, "islands/Chart.tsx"));
    assert.equal(await repository.built(), true);
    assert.equal(await repository.built(), false);
  }));

Deno.test("build if stale - a file of the same size with another time builds again", () =>
  withRepository(async (repository) => {
    await repository.built();
    await Deno.utime(join(repository.root, "routes/index.tsx"), 1, 1);
    assert.equal(await repository.built(), true);
  }));

Deno.test("build if stale - tests and rooms that no island imports do not build again", () =>
  withRepository(async (repository) => {
    await repository.built();
    await repository.write("lib/candles/wire_test.ts", "test");
    await repository.write("lib/store/store.ts", "store");
    assert.equal(await repository.built(), false);
    await repository.write("lib/candles/wire.ts", "wire");
    assert.equal(await repository.built(), true);
  }));

Deno.test("build if stale - a build that was removed is made again", () =>
  withRepository(async (repository) => {
    await repository.built();
    await Deno.remove(join(repository.root, "_fresh/server.js"));
    assert.equal(await repository.built(), true);
  }));

Deno.test("build if stale - what the build writes into static does not make it stale", () =>
  withRepository(async (repository) => {
    repository.duringBuild = () => repository.write("static/embed.js", "bundle");
    assert.equal(await repository.built(), true);
    assert.equal(await repository.built(), false);
  }));

Deno.test("build if stale - an edit during the build builds again", () =>
  withRepository(async (repository) => {
    repository.duringBuild = () => repository.write("routes/about.tsx", "new");
    assert.equal(await repository.built(), true);
    repository.duringBuild = () => Promise.resolve();
    assert.equal(await repository.built(), true);
    assert.equal(await repository.built(), false);
  }));

Deno.test("build if stale - a build that fails rejects, and the next call tries again", () =>
  withRepository(async (repository) => {
    repository.duringBuild = () => Promise.reject(new Error("no such island"));
    await assert.rejects(repository.built(), /no such island/);
    repository.duringBuild = () => Promise.resolve();
    assert.equal(await repository.built(), true);
  }));

Deno.test("build if stale - of two concurrent calls one builds", () =>
  withRepository(async (repository) => {
    repository.duringBuild = () => new Promise((resolve) => setTimeout(resolve, 50));
    const options = {
      root: repository.root,
      build: async () => {
        repository.builds++;
        await repository.duringBuild();
        await repository.write("_fresh/server.js", "server");
      },
    };
    const built = await Promise.all([1, 2].map(() => buildIfStale(() => {}, options)));
    assert.deepEqual(built.toSorted(), [false, true]);
    assert.equal(repository.builds, 1);
  }));
