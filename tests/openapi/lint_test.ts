import assert from "node:assert/strict";
import { join } from "node:path";
import { z } from "zod";
import { type OpenApiDocument, openApiDocument } from "../../lib/api/openapi.ts";
import { newDirectory } from "../servers.ts";
import { runNpmProgram } from "../harness/npm_program.ts";

const DOCUMENT = openApiDocument("1.2.3");

const REDOCLY = z.object({
  problems: z.array(z.object({ ruleId: z.string(), message: z.string() })),
});
const SPECTRAL = z.array(z.object({ code: z.string(), message: z.string() }));

/** What each finds with its recommended rules, of any severity. */
const LINTERS: Readonly<Record<string, (folder: string) => Promise<readonly string[]>>> = {
  async redocly(folder) {
    const args = ["lint", "openapi.json", "--format=json", "--extends=recommended"];
    const { output, complaints } = await runNpmProgram("@redocly/cli", args, folder);
    const { problems } = REDOCLY.parse(jsonIn(output, complaints));
    return problems.map(({ ruleId, message }) => `${ruleId}: ${message}`);
  },
  async spectral(folder) {
    await Deno.writeTextFile(join(folder, ".spectral.json"), '{"extends":["spectral:oas"]}');
    const args = ["lint", "openapi.json", "--format=json", "--ruleset=.spectral.json"];
    const { output, complaints } = await runNpmProgram("@stoplight/spectral-cli", args, folder);
    const found = SPECTRAL.parse(jsonIn(output, complaints));
    return found.map(({ code, message }) => `${code}: ${message}`);
  },
};

async function lint(name: string, document: Partial<OpenApiDocument>): Promise<readonly string[]> {
  const folder = await newDirectory();
  await Deno.writeTextFile(join(folder, "openapi.json"), JSON.stringify(document));
  return await LINTERS[name]?.(folder) ?? assert.fail(name);
}

/** Both print words around it. */
function jsonIn(output: string, complaints: string): unknown {
  const [json] = /^[{[][^]*[}\]]/m.exec(output) ?? [];
  assert.ok(json !== undefined, output + complaints);
  return JSON.parse(json);
}

for (const name of Object.keys(LINTERS)) {
  Deno.test(`openapi - ${name} reports nothing about the description of the API`, async () => {
    assert.deepEqual(await lint(name, DOCUMENT), []);
  });

  Deno.test(`openapi - ${name} would report that operations have neither tags nor security`, async () => {
    const { tags: _, security: __, ...bare } = DOCUMENT;
    const problems = await lint(name, bare);
    assert.match(problems.join("\n"), /security-defined|operation-tag-defined/);
  });
}
