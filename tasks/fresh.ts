import { join } from "node:path";
import { runDeno } from "./deno_command.ts";
import { copyForFresh } from "./real_fresh.ts";

// `deno task fresh [paths]`: the app on Fresh itself, which is fetched from JSR, in a copy of this checkout. Builds it
// and runs the tests of pages and answers there, or those that are named. The exit code is that of what failed first.

const ROOT = join(import.meta.dirname ?? ".", "..");
const COPY = join(ROOT, ".data", "real-fresh");
const TESTS = ["tests/browser", "tests/answers_test.ts", "tests/fuzz/theme_form_test.ts"];

async function main(paths: readonly string[]): Promise<number> {
  await copyForFresh(ROOT, COPY);
  const steps = [
    ["install"],
    ["task", "build"],
    ["task", "test", ...(paths.length > 0 ? paths : TESTS)],
  ];
  for (const args of steps) {
    console.log(`\nFresh itself: deno ${args.join(" ")}`);
    const code = await runDeno(args, { cwd: COPY });
    if (code !== 0) return code;
  }
  return 0;
}

Deno.exit(await main(Deno.args));
