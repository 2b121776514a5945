/**
 * `deno task bench [stream|ingest|store|screener|pages|load|repair|abuse|growth …] [--json]`: measures and prints ratios against a ceiling of the same run. Without
 * a name all of them, one after another. Further options go to the bench.
 */
import { join } from "node:path";
import { startEmbedded } from "../lib/embedded/mod.ts";
import { BIN_DIR } from "../lib/app/servers.ts";
import { v8Arguments } from "../tasks/v8_flags.ts";

/** What can be measured: the script that does so, and whether it needs a database. */
const BENCHES: Readonly<
  Record<string, { readonly script: string; readonly needsDatabase: boolean }>
> = {
  ingest: { script: "ingest.ts", needsDatabase: false },
  stream: { script: "stream/stream.ts", needsDatabase: false },
  store: { script: "store.ts", needsDatabase: true },
  screener: { script: "screener/screener.ts", needsDatabase: true },
  pages: { script: "pages.ts", needsDatabase: false },
  load: { script: "load/load.ts", needsDatabase: false },
  repair: { script: "repair/repair.ts", needsDatabase: false },
  abuse: { script: "abuse/abuse.ts", needsDatabase: false },
  growth: { script: "growth/growth.ts", needsDatabase: false },
};

const names = Deno.args.filter((arg) => !arg.startsWith("--"));
const options = Deno.args.filter((arg) => arg.startsWith("--"));
const unknown = names.filter((name) => BENCHES[name] === undefined);
if (options.includes("--help")) {
  console.log(
    `usage: deno task bench [${Object.keys(BENCHES).join("|")} …] [--json]\n` +
      "Further options go to the bench that is named; they are in its file in bench/.",
  );
  Deno.exit(0);
}
if (unknown.length > 0) {
  console.error(
    `no such bench: ${unknown.join(", ")}; there are ${Object.keys(BENCHES).join(", ")}`,
  );
  Deno.exit(2);
}
for (const name of names.length > 0 ? names : Object.keys(BENCHES)) {
  if (!options.includes("--json")) console.log(`\n${name}`);
  const bench = BENCHES[name];
  if (bench === undefined) continue;
  const succeeded = bench.needsDatabase
    ? await withDatabase((DATABASE_URL) => run(bench.script, { DATABASE_URL }))
    : await run(bench.script, {});
  if (!succeeded) Deno.exit(1);
}

async function run(script: string, env: Record<string, string>): Promise<boolean> {
  const path = join(import.meta.dirname ?? ".", script);
  const args = ["run", "-A", ...v8Arguments(), path, ...options];
  const { success } = await new Deno.Command(Deno.execPath(), { args, env }).spawn().status;
  return success;
}

/** A database of this run's own, unless one is given. */
async function withDatabase(bench: (url: string) => Promise<boolean>): Promise<boolean> {
  const given = Deno.env.get("DATABASE_URL");
  if (given) return await bench(given);
  const dataDir = await Deno.makeTempDir({ prefix: "spot-canvas-bench-" });
  const servers = await startEmbedded({
    dataDir,
    binDir: BIN_DIR,
    needPostgres: true,
    needNats: false,
    progress: (line) => console.error(line),
  });
  try {
    return await bench(servers.databaseUrl ?? "");
  } finally {
    await servers.close();
    await Deno.remove(dataDir, { recursive: true });
  }
}
