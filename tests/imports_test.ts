import assert from "node:assert/strict";
import { z } from "zod";
import { BUILD_INPUTS } from "../tasks/build_if_stale.ts";
import { importsOf, objection, packageObjection } from "./import_rules.ts";

const PROJECT = z.object({ imports: z.record(z.string(), z.string()), links: z.array(z.string()) });
const PACKAGE = z.object({ name: z.string() });
const ROOT = new URL("..", import.meta.url);
const LEFT_OUT = /^(node_modules|_fresh|coverage|\..*)$/;

Deno.test("imports - all imports follow the rules of import_rules.ts", async () => {
  const modules = await Array.fromAsync(modulesIn(""));
  assert.ok(modules.length > 50, `only ${modules.length} modules found`);
  const imports = modules.flatMap(({ path, text }) => importsOf(path, text));
  assert.ok(imports.length > modules.length, `only ${imports.length} imports found`);
  const objections = imports.flatMap((one) => {
    const reason = objection(one);
    return reason === null ? [] : [`${one.from} imports ${one.to}: ${reason}`];
  });
  assert.deepEqual(objections, []);
});

Deno.test("imports - whatever browsers are given makes a build stale when it changes", async () => {
  const modules = new Map<string, readonly string[]>();
  for await (const { path, text } of modulesIn("")) {
    const needed = importsOf(path, text).filter(({ typeOnly }) => !typeOnly);
    modules.set(path, needed.map(({ to }) => to));
  }
  const isFirst = (path: string) =>
    /^(islands|lib\/client|components\/\w+\/browser)\//.test(path) && !/_test\.tsx?$/.test(path);
  // A set is gone through to its end, what is added meanwhile included.
  const given = new Set([...modules.keys()].filter(isFirst));
  for (const path of given) {
    for (const to of modules.get(path) ?? []) if (modules.has(to)) given.add(to);
  }
  assert.ok(given.size > 100, `only ${given.size} modules found`);
  const isInput = (path: string) => BUILD_INPUTS.some((one) => path.startsWith(`${one}/`));
  assert.deepEqual([...given].filter((path) => !isInput(path)), []);
});

Deno.test("imports - no two rooms of lib need each other", async () => {
  const needs = new Map<string, Set<string>>();
  for await (const { path, text } of modulesIn("lib/")) {
    if (/(_test|\/(test|fake)_\w+)\.tsx?$/.test(path)) continue;
    const room = roomOf(path);
    const others = needs.get(room) ?? new Set();
    needs.set(room, others);
    for (const { to } of importsOf(path, text)) {
      if (to.startsWith("lib/") && roomOf(to) !== room) others.add(roomOf(to));
    }
  }
  assert.ok(needs.size > 10, `only ${needs.size} rooms found`);
  // Removes the rooms that need nothing that is left; what cannot be removed is a circle.
  for (let before = Infinity; needs.size < before;) {
    before = needs.size;
    for (const [room, others] of needs) {
      if (![...others].some((other) => needs.has(other))) needs.delete(room);
    }
  }
  assert.deepEqual(Object.fromEntries(needs), {}, "a circle of rooms, and what leads to it");
});

Deno.test("imports - lib has at most four loose files", async () => {
  const loose = await Array.fromAsync(Deno.readDir(new URL("lib/", ROOT)));
  const names = loose.filter(({ isFile }) => isFile).map(({ name }) => name);
  assert.ok(names.filter((name) => !name.endsWith("_test.ts")).length <= 4, names.join(" "));
});

Deno.test("imports - each kind of import statement is seen", () => {
  const text = [
    'import "./a.ts";',
    'import b, { type B } from "../b.ts";',
    "import {",
    "  c,",
    '} from "preact";',
    'import type { D } from "@/lib/d.ts";',
    'export * from "./e.ts";',
    'export { f } from "./f.ts";',
    'const g = await import("./g.ts");',
    'type H = import("./h.ts").H;',
    'const text = { from: "nobody" };',
  ].join("\n");
  const imports = importsOf("lib/stream/hub.ts", text);
  assert.deepEqual(imports.filter(({ typeOnly }) => typeOnly).map(({ to }) => to), ["lib/d.ts"]);
  assert.deepEqual(imports.map(({ to }) => to), [
    "lib/stream/a.ts",
    "lib/b.ts",
    "preact",
    "lib/d.ts",
    "lib/stream/e.ts",
    "lib/stream/f.ts",
    "lib/stream/g.ts",
    "lib/stream/h.ts",
  ]);
});

Deno.test("imports - the rules forbid what they are meant to forbid", () => {
  const forbidden = [
    ["lib/candles/candle.ts", "lib/log.ts"],
    ["lib/candles/candle.ts", "zod"],
    ["lib/candles/candle.ts", "node:buffer"],
    ["lib/coinbase/feed.ts", "lib/bus/bus.ts"],
    ["lib/store/store.ts", "lib/stream/hub.ts"],
    ["lib/stream/hub.ts", "lib/bus/bus.ts"],
    ["lib/ingest.ts", "fresh"],
    ["lib/ingest.ts", "components/site/Icon.tsx"],
    ["lib/config.ts", "app.ts"],
    ["lib/exchange_simulator/feed.ts", "lib/candles/trade.ts"],
    ["lib/exchange_simulator/feed.ts", "lib/coinbase/messages.ts"],
    ["lib/browser/connection.ts", "lib/stream/hub.ts"],
    ["app.ts", "fresh/mod.ts"],
    ["tests/web_app.ts", "fresh/app.ts"],
    ["fresh/app.ts", "app.ts"],
    ["fresh/app.ts", "lib/log.ts"],
    ["components/site/Icon.tsx", "app.ts"],
    ["islands/Chart.tsx", "lib/store/store.ts"],
    ["islands/Chart.tsx", "routes/index.tsx"],
    ["routes/index.tsx", "routes/about.tsx"],
    ["routes/index.tsx", "lib/store/store.ts"],
    ["routes/index.tsx", "lib/config.ts"],
    ["main.ts", "routes/index.tsx"],
    ["main.ts", "tests/servers.ts"],
    ["lib/bus/bus.ts", "lib/bus/names_test.ts"],
    ["lib/coinbase/feed.ts", "lib/time/fake_clock.ts"],
    ["tests/page_test.ts", "routes/index.tsx"],
    ["tests/page_test.ts", "jsr:@std/assert"],
    ["main.ts", "https://deno.land/x/module.ts"],
    ["main.ts", "@std/assert"],
    ["main.ts", "npm:zod@4"],
  ] as const;
  for (const [from, to] of forbidden) {
    assert.notEqual(objection({ from, to, typeOnly: false }), null, `${from} may import ${to}`);
  }
});

Deno.test("imports - the rules allow what this repository does", () => {
  const allowed = [
    ["lib/candles/candle.ts", "lib/candles/decimal.ts"],
    ["lib/candles/candle_test.ts", "fast-check"],
    ["lib/coinbase/feed.ts", "lib/candles/trade.ts"],
    ["lib/coinbase/feed_test.ts", "lib/exchange_simulator/exchange.ts"],
    ["lib/bus/bus.ts", "@nats-io/jetstream"],
    ["lib/ingest.ts", "lib/candles/aggregator.ts"],
    ["islands/Chart.tsx", "fresh/runtime"],
    ["fresh/browser_test.ts", "fresh/mod.ts"],
    ["routes/index.tsx", "app.ts"],
    ["main.ts", "lib/store/store.ts"],
    ["tasks/test.ts", "lib/embedded/mod.ts"],
  ] as const;
  for (const [from, to] of allowed) {
    assert.equal(objection({ from, to, typeOnly: false }), null, `${from} ${to}`);
  }
});

Deno.test("imports - every package can be installed from npm alone", async () => {
  const read = async (path: string) => JSON.parse(await Deno.readTextFile(new URL(path, ROOT)));
  const { imports, links } = PROJECT.parse(await read("deno.json"));
  const linked = await Promise.all(
    links.map(async (link) => PACKAGE.parse(await read(`${link}/deno.json`)).name),
  );
  const objections = Object.values(imports).filter((target) => packageObjection(target, linked));
  assert.deepEqual(objections, []);
  assert.equal(packageObjection("jsr:@fresh/core@^2.3", ["@fresh/core"]), null);
  assert.notEqual(packageObjection("jsr:@std/assert@1", ["@fresh/core"]), null);
  assert.notEqual(packageObjection("https://esm.sh/preact", []), null);
});

Deno.test("imports - pages may name a type of what they are given, and nothing else of the module that makes it", () => {
  const handed = { from: "components/Badge.tsx", to: "lib/history/history.ts" };
  assert.equal(objection({ ...handed, typeOnly: true }), null);
  assert.notEqual(objection({ ...handed, typeOnly: false }), null);
  const between = { from: "lib/bus/bus.ts", to: "lib/stream/hub.ts" };
  assert.notEqual(objection({ ...between, typeOnly: true }), null);
});

/** `lib/bus/` of a file in it, `lib/log.ts` of a loose one. */
function roomOf(path: string): string {
  return path.split("/").slice(0, 2).join("/");
}

async function* modulesIn(folder: string): AsyncIterable<{ path: string; text: string }> {
  for await (const { name, isDirectory } of Deno.readDir(new URL(folder, ROOT))) {
    if (LEFT_OUT.test(name)) continue;
    const path = `${folder}${name}`;
    if (isDirectory) yield* modulesIn(`${path}/`);
    else if (/\.tsx?$/.test(name)) {
      yield { path, text: await Deno.readTextFile(new URL(path, ROOT)) };
    }
  }
}
