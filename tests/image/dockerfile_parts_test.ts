import assert from "node:assert/strict";
import { DockerIgnore } from "./docker_ignore.ts";
import { fillIn, parseDockerfile, parseExec, parsePairs } from "./dockerfile.ts";

Deno.test("image tree - a Dockerfile is read as stages, with continued lines and flags", () => {
  const stages = parseDockerfile(
    [
      "# syntax=docker/dockerfile:1",
      "ARG VERSION=1.2",
      "FROM some/image:${VERSION} AS build",
      "RUN one \\",
      "  # a comment among continued lines",
      "  && two",
      "FROM other",
      "COPY --from=build /a /b",
    ].join("\n"),
  );
  assert.deepEqual(stages, [
    {
      name: "build",
      base: "some/image:1.2",
      instructions: [{ keyword: "RUN", text: "one   && two", flags: {} }],
    },
    {
      name: null,
      base: "other",
      instructions: [{ keyword: "COPY", text: "/a /b", flags: { from: "build" } }],
    },
  ]);
  assert.throws(() => parseDockerfile("RUN early"), /before any FROM/);
});

Deno.test("image tree - variables and words are read as Docker reads them", () => {
  assert.deepEqual(parsePairs('A=1 B="two words" C'), { A: "1", B: "two words", C: "" });
  assert.equal(fillIn("$A-${B}-$C", { A: "1", B: "2" }), "1-2-");
  assert.deepEqual(parseExec('["deno", "run"]'), ["deno", "run"]);
  assert.throws(() => parseExec("deno run"), /JSON array/);
});

Deno.test("image tree - the last rule of .dockerignore that covers a path decides", () => {
  const rules = new DockerIgnore("*\n!lib\n!deploy/image\n**/*_test.ts\nlib/testdata\n# comment\n");
  const ignored = (paths: string[]) => paths.filter((path) => rules.ignores(path));
  assert.deepEqual(
    ignored(["lib/a.ts", "lib/deep/b.ts", "deploy/image/c.ts"]),
    [],
  );
  const left = ["README.md", "lib/a_test.ts", "lib/testdata/x", "deploy/other/d", "library/e"];
  assert.deepEqual(ignored(left), left);
  assert.deepEqual(["lib", "deploy", "node_modules"].map((folder) => rules.mayHold(folder)), [
    true,
    true,
    false,
  ]);
});
