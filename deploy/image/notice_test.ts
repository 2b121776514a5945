import assert from "node:assert/strict";
import { join } from "node:path";
import { z } from "zod";
import { buildIfStale } from "../../tasks/build_if_stale.ts";
import { readLicences } from "../../tasks/licences.ts";
import { ENTRY_POINTS, readGraph } from "./run_time_config.ts";

const ROOT = join(import.meta.dirname ?? ".", "../..");

const GRAPH = z.object({
  modules: z.array(z.object({ npmPackage: z.string().optional(), specifier: z.string() })),
  npmPackages: z.record(
    z.string(),
    z.object({ name: z.string(), dependencies: z.array(z.string()) }),
  ),
});

/** Every package that a graph reaches, those that others need included. */
function packagesOf(graph: unknown): Set<string> {
  const { modules, npmPackages } = GRAPH.parse(graph);
  const names = new Set<string>();
  const seen = new Set<string>();
  const waiting = modules.map(({ npmPackage, specifier }) => npmPackage ?? placeOf(specifier));
  for (const id of waiting) {
    const found = id === null ? undefined : npmPackages[id];
    if (id === null || found === undefined || seen.has(id)) continue;
    seen.add(id);
    names.add(found.name);
    waiting.push(...found.dependencies);
  }
  return names;
}

/** `file:///…/node_modules/.deno/@nats-io+kv@3.4.0/node_modules/…` is of `@nats-io/kv@3.4.0`. */
function placeOf(specifier: string): string | null {
  return /\/node_modules\/\.deno\/([^/]+)\//.exec(specifier)?.[1]?.replace("+", "/") ?? null;
}

Deno.test("notice - the notice names every package that is shipped, under its licence, and no other", async () => {
  await buildIfStale(() => {});
  const graphs = await Promise.all(ENTRY_POINTS.map(readGraph));
  const shipped = new Set(graphs.flatMap((graph) => [...packagesOf(graph)]));
  const licences = new Map<string, string[]>();
  for (const { name, licence } of await readLicences(join(ROOT, "node_modules"))) {
    if (!shipped.delete(name)) continue;
    licences.set(licence ?? "none", [...licences.get(licence ?? "none") ?? [], name]);
  }
  assert.deepEqual([...shipped], [], "all of them are installed");
  const notice = await Deno.readTextFile(join(ROOT, "NOTICE"));
  const sections = [...notice.matchAll(/^ {2}(\S+) {2,}((?:[^\n]+,\n {14})*[^\n]+)$/gm)];
  const named = sections.map(([, licence = "", list = ""]): [string, string[]] => [
    licence,
    list.split(/,\s+/).sort(),
  ]);
  assert.deepEqual(new Map(named), new Map([...licences].map(([of, all]) => [of, all.sort()])));
});
