import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { IMAGE_FLAGS } from "../../lib/workers/own_flags.ts";
import { runtimeEnv } from "../../tasks/v8_flags.ts";

const ROOT = new URL("../../", import.meta.url);
const GRAPH = z.object({ modules: z.array(z.object({ specifier: z.string() })) });

function read(path: string): Promise<string> {
  return Deno.readTextFile(new URL(path, ROOT));
}

/** What the build stage copies to where the server will run. */
async function copied(): Promise<string[]> {
  const [, list] = (await read("Dockerfile")).match(/cp -r ([^&]+) \/app\//) ?? [];
  return (list ?? "").split(/[\s\\]+/).filter((path) => path !== "");
}

/** The tasks that it copies there. */
async function copiedTasks(): Promise<string[]> {
  const [, list] = (await read("Dockerfile")).match(/cp ([^&]+) \/app\/tasks\//) ?? [];
  return (list ?? "").split(" ").filter((path) => path !== "");
}

/** Every module of this repository that a program loads. */
async function modulesOf(entryPoint: string): Promise<string[]> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", entryPoint],
    cwd: fileURLToPath(ROOT),
  }).output();
  const { modules } = GRAPH.parse(JSON.parse(new TextDecoder().decode(stdout)));
  return modules.map(({ specifier }) => specifier)
    .filter((specifier) => specifier.startsWith(ROOT.href))
    .map((specifier) => specifier.slice(ROOT.href.length));
}

Deno.test("image - every module that the server and the tasks load is in it", async () => {
  const tasks = await copiedTasks();
  assert.ok(tasks.includes("tasks/migrate.ts") && tasks.includes("tasks/backup.ts"));
  const paths = [...await copied(), ...tasks];
  for (const entryPoint of ["serve.ts", ...tasks]) {
    const local = await modulesOf(entryPoint);
    assert.ok(local.length > 5, `only ${local.length} modules of ${entryPoint} found`);
    const missing = local.filter((module) =>
      !paths.some((path) => module === path || module.startsWith(`${path}/`))
    );
    assert.deepEqual(missing, [], entryPoint);
  }
});

Deno.test("image - the linked packages are there before the dependencies are installed", async () => {
  const { links } = z.object({ links: z.array(z.string()) }).parse(
    JSON.parse(await read("deno.json")),
  );
  const [before = ""] = (await read("Dockerfile")).split("RUN deno install");
  for (const link of links) {
    const folder = link.replace("./", "");
    assert.ok(before.includes(`COPY ${folder}/deno.json ${folder}/\n`), folder);
  }
});

Deno.test("Dockerfile - the builder is sent everything that the image is made of", async () => {
  const sent = (await read(".dockerignore")).split("\n")
    .filter((line) => line.startsWith("!")).map((line) => line.slice(1));
  const built = new Set(["_fresh"]);
  const needed = [
    ...await copied(),
    ...await copiedTasks(),
    "deploy/image",
    "assets",
    "static",
    "dev.ts",
  ];
  assert.deepEqual(needed.filter((path) => !built.has(path) && !sent.includes(path)), []);
  for (const path of sent) await Deno.stat(new URL(path, ROOT));
});

Deno.test("Dockerfile - the server in the image starts no program and writes no file", async () => {
  const [, entry] = (await read("Dockerfile")).match(/^ENTRYPOINT (\[.*\])$/m) ?? [];
  const args: unknown = JSON.parse(entry ?? "");
  assert.ok(Array.isArray(args) && args.includes("--no-prompt") && args.includes("--cached-only"));
  const granted = args.filter((arg) => /^-A$|^--allow-/.test(arg)).map((arg) => arg.split("=")[0]);
  assert.deepEqual(granted.sort(), [
    "--allow-env",
    "--allow-net",
    "--allow-read",
    "--allow-sys",
    "--allow-write",
  ]);
  assert.deepEqual(args.filter((arg) => arg.startsWith("--allow-write")), [
    "--allow-write=/cloudsql",
  ]);
});

Deno.test("Dockerfile - the application has the same V8 flags in the image as from a checkout", async () => {
  const { tasks } = JSON.parse(await read("deno.json"));
  const started = [tasks.start, tasks.demo, await read("Dockerfile")].map((text) =>
    /--v8-flags=[\w,=-]+/.exec(text)?.[0]
  );
  assert.ok(started[0]);
  assert.deepEqual(started, [started[0], started[0], started[0]]);
});

Deno.test("image - web workers have the image's permissions, and their parent may also start Deno", async () => {
  const [, entry] = (await read("Dockerfile")).match(/^ENTRYPOINT (\[.*\])$/m) ?? [];
  const [, , ...flags] = z.array(z.string()).parse(JSON.parse(entry ?? ""));
  assert.deepEqual(IMAGE_FLAGS, flags);
  const [, list = ""] =
    (await read("deploy/compose.workers.yaml")).match(/entrypoint: \[([^\]]+)\]/) ??
      [];
  const words = Array.from(list.matchAll(/"([^"]+)"/g), ([, word]) => word);
  assert.deepEqual(words, ["deno", "run", ...flags, "--allow-run=deno"]);
});

Deno.test("image - the application looks at its sockets as often wherever it is started", async () => {
  const { tasks } = JSON.parse(await read("deno.json"));
  const unit = await read("deploy/systemd/spot-canvas@.service");
  for (const text of [tasks.start, tasks.demo, await read("Dockerfile"), unit]) {
    assert.match(text, /\bDENO_TOKIO_EVENT_INTERVAL=4\b/);
  }
  assert.deepEqual(Object.keys(runtimeEnv()), ["DENO_TOKIO_EVENT_INTERVAL"], "tests and benches");
});

Deno.test("image - the heap's limit leaves half of every documented container to the rest", async () => {
  const flags = await read("deno.json");
  const heapMb = Number(/--max-old-space-size=(\d+)/.exec(flags)?.[1]);
  const limits = [
    /mem_limit: (\d+)g/.exec(await read("compose.yaml"))?.[1],
    /memory: (\d+)Gi/.exec(await read("deploy/cloudrun/web.yaml"))?.[1],
    /memory: (\d+)Gi/.exec(await read("deploy/cloudrun/ingest.yaml"))?.[1],
  ];
  for (const gibibytes of limits) {
    assert.ok(heapMb <= Number(gibibytes) * 1024 / 2, `a heap of ${heapMb} MB in ${gibibytes} GiB`);
  }
});
