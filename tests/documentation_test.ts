import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const DOCUMENTS = ["README.md", "ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md"];

function read(path: string): Promise<string> {
  return Deno.readTextFile(join(ROOT, path));
}

/** All first groups of a pattern, each once, sorted. */
function found(text: string, pattern: RegExp): string[] {
  return [...new Set([...text.matchAll(pattern)].map(([, group = ""]) => group))].sort();
}

Deno.test("the README's table has exactly the variables that are read, with their defaults", async () => {
  const readme = await read("README.md");
  const rows = readme.split("\n").filter((line) => /^\| `[A-Z_]+`/.test(line));
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

Deno.test("the README names every task, and no others", async () => {
  const { tasks } = JSON.parse(await read("deno.json"));
  const named = found(await read("README.md"), /deno task ([a-z:]+)/g);
  assert.deepEqual(named, Object.keys(tasks).sort());
});

Deno.test("every file that a document links to is there", async () => {
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

Deno.test("every module that ARCHITECTURE.md names by path is there", async () => {
  const paths = found(await read("ARCHITECTURE.md"), /`((?:lib|tests)\/[\w./]+)`/g);
  assert.ok(paths.length > 10);
  for (const path of paths) {
    const isThere = await Deno.stat(join(ROOT, path)).then(() => true, () => false);
    assert.ok(isThere, `ARCHITECTURE.md names ${path}`);
  }
});
