/**
 * `deno run -A deploy/image/run_time_config.ts FILE`: writes a configuration that names only the packages which the
 * built application imports, so that the image holds no compiler, browser driver or test library. The versions stay
 * those of the lock file.
 */
import { z } from "zod";

/** The programs that run in the image. */
export const ENTRY_POINTS = ["serve.ts", "_fresh/server.js", "tasks/migrate.ts", "tasks/backup.ts"];

const GRAPH = z.object({ modules: z.array(z.object({ specifier: z.string() })) });
const CONFIG = z.looseObject({
  imports: z.record(z.string(), z.string()),
  links: z.array(z.string()).optional(),
  unstable: z.array(z.string()).optional(),
});

/** The npm packages that a module graph imports directly, without their dependencies. */
export function packagesIn(graph: unknown): Set<string> {
  const { modules } = GRAPH.parse(graph);
  const names = modules.map(({ specifier }) => packageOf(specifier));
  return new Set(names.filter((name) => name !== null));
}

/** The development configuration without what only building and testing need. */
export function runTimeConfig(config: unknown, packages: ReadonlySet<string>): unknown {
  const { imports, links, unstable, compilerOptions } = CONFIG.parse(config);
  const kept = Object.entries(imports).filter(([, target]) => {
    const name = packageOf(target);
    return name === null || packages.has(name);
  });
  const same = { links, unstable, compilerOptions };
  return { nodeModulesDir: "none", ...same, imports: Object.fromEntries(kept) };
}

function packageOf(specifier: string): string | null {
  return specifier.match(/^npm:\/?((?:@[^/@]+\/)?[^/@]+)/)?.[1] ?? null;
}

/** The module graph of an entry point, by `deno info`. */
export async function readGraph(entryPoint: string): Promise<unknown> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", entryPoint],
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}

if (import.meta.main) {
  const [target] = Deno.args;
  if (target === undefined) throw new Error("give the path of the file to write");
  const graphs = await Promise.all(ENTRY_POINTS.map(readGraph));
  const packages = new Set(graphs.flatMap((graph) => [...packagesIn(graph)]));
  const config: unknown = JSON.parse(await Deno.readTextFile("deno.json"));
  await Deno.writeTextFile(target, JSON.stringify(runTimeConfig(config, packages), null, 2));
}
