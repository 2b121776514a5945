import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { CANDLE_FIELDS } from "../lib/candles/candle_fields.ts";
import { INDICATOR_KINDS } from "../lib/indicators/indicator_table.ts";
import { writeIndicators } from "../lib/indicators/indicator.ts";
import { usualIndicator } from "../lib/indicators/parse_indicators.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const DOCUMENTS = [
  "README.md",
  "ARCHITECTURE.md",
  "CHANGELOG.md",
  "CONTRIBUTING.md",
  "SECURITY.md",
  "CODE_OF_CONDUCT.md",
];

function read(path: string): Promise<string> {
  return Deno.readTextFile(join(ROOT, path));
}

/** All first groups of a pattern, each once, sorted. */
function found(text: string, pattern: RegExp): string[] {
  return [...new Set([...text.matchAll(pattern)].map(([, group = ""]) => group))].sort();
}

Deno.test("documentation - docs/configuration.md has exactly the variables that are read, with their defaults", async () => {
  const document = await read("docs/configuration.md");
  const rows = document.split("\n").filter((line) => /^\| `[A-Z_]+`/.test(line));
  const source = await read("lib/config.ts");
  assert.deepEqual(
    rows.flatMap((row) => found(row.split("|")[1] ?? "", /`([A-Z_]+)`/g)).sort(),
    found(source, /\benv\(\s*"([A-Z_]+)"/g),
  );
  for (
    const [, name, fallback] of source.matchAll(/\benv\(\s*"([A-Z_]+)",\s*\w+\("?([\w.:/-]+)/g)
  ) {
    const cells = rows.find((row) => row.includes(`\`${name}\``))?.split("|") ?? [];
    const named = found(cells[1] ?? "", /`([A-Z_]+)`/g);
    const place = (cells[1] ?? "").match(/`([A-Z_]+)`/g)?.indexOf(`\`${name}\``) ?? 0;
    const shown = (cells[2] ?? "").split("<br>")[named.length > 1 ? place : 0] ?? "";
    const plain = String(fallback).replace(/(?<=\d)_(?=\d)/g, "");
    assert.ok(shown.includes(`\`${plain}\``), `${name}: ${plain} is not in ${shown.trim()}`);
  }
});

Deno.test("documentation - .env.example names every variable but the one that the demo sets", async () => {
  const example = await read(".env.example");
  const variables = found(await read("lib/config.ts"), /\benv\(\s*"([A-Z_]+)"/g);
  const absent = variables.filter((name) => !new RegExp(`^#?${name}=`, "m").test(example));
  assert.deepEqual(absent, ["SIMULATED"]);
});

Deno.test("documentation - docs/embedding.md has exactly the indicators, with their default settings", async () => {
  const [, rows = ""] = (await read("docs/embedding.md")).split(/^\| indicator .*$/m);
  const named = found(rows.split("\n\n")[0] ?? "", /^\| `([^`]+)`/gm);
  const usual = INDICATOR_KINDS.map((kind) => writeIndicators([usualIndicator(kind)]));
  assert.deepEqual(named, usual.sort());
});

Deno.test("documentation - docs/stream.md describes every field of a candle", async () => {
  const [, chapter = ""] = (await read("docs/stream.md")).split("**`event: candle`**");
  const [table = ""] = chapter.split("**`event: reset`**");
  const described = found(table, /`([a-z_]+)`/g);
  const identity = ["product_id", "granularity"];
  const fields = CANDLE_FIELDS.map(({ wire }) => wire).filter((name) => !identity.includes(name));
  assert.deepEqual(fields.filter((name) => !described.includes(name)), []);
});

Deno.test("documentation - docs/configuration.md names every task, and no others", async () => {
  const { tasks } = JSON.parse(await read("deno.json"));
  const named = found(await read("docs/configuration.md"), /deno task ([a-z:]+)/g);
  assert.deepEqual(named, Object.keys(tasks).sort());
});

Deno.test("documentation - what a newcomer must read before something works is 20 lines at most", async () => {
  const readme = await read("README.md");
  for (const section of readme.split(/^## /m).slice(0, 2)) {
    const lines = section.split("\n").slice(1).filter((line) => line.trim() !== "");
    assert.ok(lines.length <= 20, `${section.split("\n")[0]}: ${lines.length} lines`);
  }
});

Deno.test("documentation - each of the documents begins with what one can do after reading it", async () => {
  for await (const { name } of Deno.readDir(join(ROOT, "docs"))) {
    if (!name.endsWith(".md")) continue;
    assert.match(await read(`docs/${name}`), /^# .+\n\nAfter this page you can /, name);
  }
});

Deno.test("documentation - every heading that a document links to exists", async () => {
  const paths = ["README.md", "CONTRIBUTING.md", "ARCHITECTURE.md", "SECURITY.md"];
  for await (const { name } of Deno.readDir(join(ROOT, "docs"))) {
    if (name.endsWith(".md")) paths.push(`docs/${name}`);
  }
  for (const path of paths) {
    for (
      const [, target = "", anchor = ""] of (await read(path)).matchAll(
        /\]\((?!https?:)([^)#]*)#([^)]+)\)/g,
      )
    ) {
      const linked = target === "" ? path : join(dirname(path), target);
      const headings = found(await read(linked), /^#+ (.+)$/gm).map(anchorOf);
      assert.ok(headings.includes(anchor), `${path} links to ${linked}#${anchor}`);
    }
  }
});

/** The anchor that a heading gets where Markdown is shown. */
function anchorOf(heading: string): string {
  return heading.toLowerCase().replace(/[^\w\- ]/g, "").replaceAll(" ", "-");
}

Deno.test("documentation - every file that a document links to exists", async () => {
  const documents = [...DOCUMENTS];
  for await (const { name } of Deno.readDir(join(ROOT, "docs"))) {
    if (name.endsWith(".md")) documents.push(`docs/${name}`);
  }
  for (const document of documents) {
    for (const target of found(await read(document), /\]\((?!https?:|#)([^)#]+)/g)) {
      const path = join(ROOT, dirname(document), target);
      const isThere = await Deno.stat(path).then(() => true, () => false);
      assert.ok(isThere, `${document} links to ${target}`);
    }
  }
});

Deno.test("documentation - every file and folder that CONTRIBUTING.md names exists, for each thing to add", async () => {
  const [, chapter = ""] = (await read("CONTRIBUTING.md")).split(/^## Where to add \.\.\.$/m);
  const things = (chapter.split(/^## /m)[0] ?? "").split(/^- /m).slice(1);
  assert.ok(things.length >= 8, `${things.length} things`);
  for (const thing of things) {
    const paths = found(thing, /`((?:[\w.-]+\/)+[\w.-]*|\.env\.example)`/g);
    assert.ok(paths.length > 1, thing);
    for (const path of paths) {
      const isThere = await Deno.stat(join(ROOT, path)).then(() => true, () => false);
      assert.ok(isThere, `CONTRIBUTING.md names ${path}`);
    }
  }
});

Deno.test("documentation - every file that ARCHITECTURE.md names exists", async () => {
  const paths = found(await read("ARCHITECTURE.md"), /`([\w./-]+\.(?:tsx?|sh|sql|md))`/g);
  const all = await Array.fromAsync(filesIn(""));
  assert.ok(paths.length > 50);
  for (const path of paths) {
    assert.ok(all.some((file) => `/${file}`.endsWith(`/${path}`)), `ARCHITECTURE.md names ${path}`);
  }
});

Deno.test("documentation - every class, function and constant that ARCHITECTURE.md names is in the code", async () => {
  const names = found(await read("ARCHITECTURE.md"), /`(?:\w+\.)?#?([A-Za-z]\w{3,})(?:\(\))?`/g);
  const files = (await Array.fromAsync(filesIn(""))).filter((path) => CODE.test(path));
  const words = new Set(
    (await Promise.all(files.map(read))).flatMap((text) => text.match(/\w+/g) ?? []),
  );
  assert.ok(names.length > 100);
  assert.deepEqual(names.filter((name) => !words.has(name) && !NOT_TAKEN.includes(name)), []);
});

Deno.test("documentation - every invariant of ARCHITECTURE.md names the files that keep it", async () => {
  const [, chapter = ""] = (await read("ARCHITECTURE.md")).split(/^## What must stay true$/m);
  const invariants = (chapter.split(/^## /m)[0] ?? "").split(/^### /m).slice(1);
  assert.ok(invariants.length > 15, `${invariants.length} invariants`);
  for (const invariant of invariants) {
    const [title = ""] = invariant.split("\n");
    const [, keepers = ""] = invariant.split(/^Kept by /m);
    assert.ok(found(keepers, /`([\w/]+\.ts)`/g).length > 0, `${title}: no file keeps it`);
  }
});

/** What can bear a name: programs, statements, settings of the project and of what it runs beside. */
const CODE = /^(?!tests\/).*(?<!_test)\.(?:tsx?|js|sql|json|ya?ml|sh)$|^Dockerfile$/;
/** Packages that were tried. */
const NOT_TAKEN = ["devalue", "indicatorts"];

async function* filesIn(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(join(ROOT, folder))) {
    if (name.startsWith(".") || name.startsWith("_fresh") || name === "node_modules") continue;
    if (isDirectory) yield* filesIn(`${folder}${name}/`);
    else yield `${folder}${name}`;
  }
}

Deno.test("documentation - the workflow does what `.ci/run` does, and builds the image", async () => {
  const workflow = await read(".github/workflows/ci.yml");
  assert.deepEqual(found(workflow, /^ +- run: (.*)$/gm), [
    ".ci/run",
    "docker build -t spot-canvas .",
  ]);
  // A job that hangs is ended, and none may write to the repository.
  assert.equal(workflow.match(/timeout-minutes:/g)?.length, workflow.match(/runs-on:/g)?.length);
  assert.match(workflow, /permissions:\n {2}contents: read\n/);
});
