import assert from "node:assert/strict";
import { join } from "node:path";
import { type DenoOptions, runDeno } from "./deno_command.ts";

/** Runs a program of one file; gives its exit code and what it printed. */
async function runProgram(
  code: string,
  options: Omit<DenoOptions, "onOutput"> = {},
): Promise<{ exitCode: number; output: string }> {
  const directory = await Deno.makeTempDir();
  try {
    const path = join(directory, "program.ts");
    await Deno.writeTextFile(path, code);
    let output = "";
    const args = ["run", "-A", "--no-config", path];
    const exitCode = await runDeno(args, { ...options, onOutput: (text) => output += text });
    return { exitCode, output };
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("a program's exit code comes back with all that it printed", async () => {
  const code = "console.log('out'); console.error('err'); Deno.exit(3);";
  const { exitCode, output } = await runProgram(code);
  assert.equal(exitCode, 3);
  assert.match(output, /out\n/);
  assert.match(output, /err\n/);
});

Deno.test("a program that hangs in silence is killed", async () => {
  const code = "console.log('before'); setInterval(() => {}, 1000);";
  const { exitCode, output } = await runProgram(code, { silenceMs: 700 });
  assert.equal(exitCode, 137);
  assert.equal(output, "before\n");
});

Deno.test("a program that continues to print is left alone", async () => {
  const code = "for (let i = 0; i < 5; i++) { console.log(i); await new Promise((r) => " +
    "setTimeout(r, 300)); }";
  assert.equal((await runProgram(code, { silenceMs: 1200 })).exitCode, 0);
});
