import { join } from "node:path";
import { frozenWhenCi, runDeno } from "./deno_command.ts";

// `deno task ok`: the gate before a commit. `--no-test` leaves the tests out, where they run anyway.

const STEPS: readonly (readonly [string, readonly string[]])[] = [
  ["fmt", ["fmt", "--check"]],
  ["lint", ["lint", "--quiet"]],
  ["check", ["check", "--quiet", ...frozenWhenCi(), "."]],
  ["test", ["run", "-A", ...frozenWhenCi(), "tasks/test.ts"]],
];

async function main(args: readonly string[]): Promise<number> {
  const unknown = args.filter((arg) => arg !== "--no-test");
  if (unknown.length > 0) {
    console.error(`Unknown: ${unknown.join(" ")}. Usage: deno task ok [--no-test]`);
    return 2;
  }
  const steps = STEPS.filter(([name]) => name !== "test" || !args.includes("--no-test"));
  for (const [name, command] of steps) {
    const startedMs = performance.now();
    const exitCode = await runDeno(command);
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
    // After the tests nothing is printed: their summary ends the log.
    if (name !== "test") console.log(`${name} ${exitCode === 0 ? "ok" : "FAILED"} (${seconds} s)`);
    if (exitCode !== 0) return exitCode;
  }
  return 0;
}

Deno.chdir(join(import.meta.dirname ?? ".", ".."));
Deno.exit(await main(Deno.args));
