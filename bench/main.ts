/**
 * `deno task bench [stream|ingest|store|pages|load …] [--json]`: measures and prints ratios against a ceiling of the same run. Without
 * a name all of them, one after another. Further options go to the bench.
 */
import { join } from "node:path";
import { startEmbedded } from "../lib/embedded/mod.ts";
import { BIN_DIR } from "../lib/spot_canvas.ts";
import { v8Arguments } from "../tasks/v8_flags.ts";

/** What can be measured, and whether it needs a database. */
const BENCHES: Readonly<Record<string, { readonly needsDatabase: boolean }>> = {
  ingest: { needsDatabase: false },
  stream: { needsDatabase: false },
  store: { needsDatabase: true },
  pages: { needsDatabase: false },
  load: { needsDatabase: false },
};

const names = Deno.args.filter((arg) => !arg.startsWith("--"));
const options = Deno.args.filter((arg) => arg.startsWith("--"));
const unknown = names.filter((name) => BENCHES[name] === undefined);
if (options.includes("--help")) {
  console.log(
    `usage: deno task bench [${Object.keys(BENCHES).join("|")} …] [--json]\n` +
      "Further options go to the bench that is named; its file in bench/ says which it has.",
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
  const succeeded = BENCHES[name]?.needsDatabase
    ? await withDatabase((DATABASE_URL) => run(name, { DATABASE_URL }))
    : await run(name, {});
  if (!succeeded) Deno.exit(1);
}

async function run(name: string, env: Record<string, string>): Promise<boolean> {
  const script = join(import.meta.dirname ?? ".", `${name}.ts`);
  const args = ["run", "-A", ...v8Arguments(), script, ...options];
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
