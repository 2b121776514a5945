import assert from "node:assert/strict";
import { bodyOf, entriesOf, readWay } from "./written_way.ts";

const ROOT = new URL("..", import.meta.url);
const WAY = readWay(await Deno.readTextFile(new URL("ARCHITECTURE.md", ROOT)));
const TEXTS = new Map(
  await Promise.all(
    [...new Set(WAY.flat().map(({ file }) => file))].map(async (file) =>
      [file, await Deno.readTextFile(new URL(file, ROOT))] as const
    ),
  ),
);

Deno.test("way - every step of a trade that ARCHITECTURE.md names is a method or function of its file", () => {
  assert.ok(WAY.length === 3 && WAY.flat().length > 30, "the list has three parts");
  const missing = WAY.flat().filter((step) => bodyOf(step, TEXTS.get(step.file) ?? "") === null);
  assert.deepEqual(missing, []);
});

Deno.test("way - each step really calls the ones that the list has it call, and those come later in the list", () => {
  for (const part of WAY) {
    for (const [at, step] of part.entries()) {
      const body = bodyOf(step, TEXTS.get(step.file) ?? "") ?? "";
      for (const name of step.calls) {
        const call = new RegExp(String.raw`(^|[^\w#])${name}\(`, "m");
        assert.match(body, call, `${step.file}: ${step.name} does not call ${name}`);
        const later = part.slice(at + 1).some((other) => other.method === name);
        assert.ok(later, `${step.file}: ${step.name} calls ${name}, which is no later step`);
      }
    }
  }
});

Deno.test("way - each step is called by one before it, except for the first of a part", () => {
  for (const [first, ...others] of WAY) {
    const called = new Set(first?.calls);
    for (const { name, method, calls } of others) {
      assert.ok(called.has(method), `${name} is called by no step before it`);
      for (const one of calls) called.add(one);
    }
  }
});

Deno.test("way - a trade crosses at most 25 files of lib, and enters none more than twice", () => {
  const entries = entriesOf(WAY);
  assert.ok(entries.size <= 25, `${entries.size} files`);
  assert.ok([...entries.keys()].every((file) => file.startsWith("lib/")));
  assert.deepEqual([...entries].filter(([, count]) => count > 2), []);
});

Deno.test("way - a list that the code contradicts is noticed", () => {
  const text = [
    "class A {",
    "  // see();",
    "  run(): void {",
    "    this.#walk(1);",
    "  }",
    "",
    "  async #walk(steps: number): Promise<void> {",
    "    await go(steps);",
    "  }",
    "}",
    "",
    "class B {",
    "  rest(): void {",
    "    go(2);",
    "  }",
    "}",
    "",
    "export function go(",
    "  steps: number,",
    "): void {",
    "  leap(steps);",
    "}",
  ].join("\n");
  const [part = []] = readWay(
    "```way\nlib/a.ts A.run -> #walk\nlib/a.ts A.#walk -> go\nlib/a.ts go\nlib/a.ts A.rest\n```",
  );
  const bodies = part.map((step) => bodyOf(step, text));
  assert.match(bodies[0] ?? "", /#walk\(1\)/);
  assert.doesNotMatch(bodies[0] ?? "", /go/);
  assert.match(bodies[1] ?? "", /go\(steps\)/);
  assert.match(bodies[2] ?? "", /leap/);
  assert.equal(bodies[3], null, "another class has it");
});
