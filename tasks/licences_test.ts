import assert from "node:assert/strict";
import { join } from "node:path";
import { licenceLines, objectionTo, readLicences } from "./licences.ts";

const ROOT = join(import.meta.dirname ?? ".", "..");

Deno.test("licences - every installed package has a reviewed licence", async () => {
  const packages = await readLicences(join(ROOT, "node_modules"));
  assert.ok(packages.length > 30, `only ${packages.length} packages found`);
  assert.deepEqual(packages.filter((one) => objectionTo(one) !== null), []);
});

Deno.test("licences - every package of deno.json is named with its licence", async () => {
  const { imports } = JSON.parse(await Deno.readTextFile(join(ROOT, "deno.json")));
  const packages = await readLicences(join(ROOT, "node_modules"));
  const lines = licenceLines(packages).join("\n");
  for (const target of Object.values<string>(imports)) {
    const id = /^npm:\/?((?:@[^/]+\/)?[^/@]+@[^/]+)/.exec(target)?.[1];
    if (id !== undefined) assert.ok(lines.includes(id), id);
  }
});

Deno.test("licences - no licence, an unknown one, and a choice with none known are objected to", () => {
  const of = (licence: string | null) => objectionTo({ name: "a", version: "1.0.0", licence });
  assert.equal(of("MIT"), null);
  assert.equal(of("(MIT OR GPL-3.0)"), null);
  assert.notEqual(of(null), null);
  assert.notEqual(of("GPL-3.0"), null);
  assert.notEqual(of("(GPL-3.0 OR AGPL-3.0)"), null);
});
