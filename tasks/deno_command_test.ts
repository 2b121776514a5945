import assert from "node:assert/strict";
import { join } from "node:path";
import { FakeClock } from "../lib/time/fake_clock.ts";
import { type DenoOptions, runDeno } from "./deno_command.ts";

/** Runs a program of one file; gives its exit code and what it printed. */
async function runProgram(
  code: string,
  { onOutput = () => {}, ...options }: DenoOptions = {},
): Promise<{ exitCode: number; output: string }> {
  const directory = await Deno.makeTempDir();
  try {
    const path = join(directory, "program.ts");
    await Deno.writeTextFile(path, code);
    let output = "";
    const args = ["run", "-A", "--no-config", path];
    const exitCode = await runDeno(args, {
      ...options,
      onOutput(text) {
        output += text;
        onOutput(text);
      },
    });
    return { exitCode, output };
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("deno command - a program's exit code comes back with all that it printed", async () => {
  const code = "console.log('out'); console.error('err'); Deno.exit(3);";
  const { exitCode, output } = await runProgram(code);
  assert.equal(exitCode, 3);
  assert.match(output, /out\n/);
  assert.match(output, /err\n/);
});

Deno.test("deno command - a program that hangs in silence is killed", async () => {
  const clock = new FakeClock();
  const code = "console.log('before'); setInterval(() => {}, 1000);";
  const { exitCode, output } = await runProgram(code, {
    silenceMs: 700,
    clock,
    onOutput: () => void clock.pass(700),
  });
  assert.equal(exitCode, 137);
  assert.equal(output, "before\n");
});

Deno.test("deno command - a program that continues to print is left alone", async () => {
  const clock = new FakeClock();
  const answers = await Deno.makeTempDir();
  // Prints the next line when there is an answer to the one before.
  const code = `for (let i = 0; i < 5; i++) {
    console.log(i);
    for (let isThere = false; !isThere;) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      isThere = await Deno.stat(${JSON.stringify(answers)} + "/" + i).then(() => true, () => false);
    }
  }`;
  let lines = 0;
  try {
    const { exitCode } = await runProgram(code, {
      silenceMs: 1200,
      clock,
      onOutput: () => {
        const path = join(answers, `${lines++}`);
        void clock.pass(1199).then(() => Deno.writeTextFile(path, ""));
      },
    });
    assert.deepEqual([exitCode, lines], [0, 5]);
  } finally {
    await Deno.remove(answers, { recursive: true });
  }
});

Deno.test("deno command - a request to end reaches every running program, and this process ends after them", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const slow = join(directory, "slow.ts");
    await Deno.writeTextFile(
      slow,
      `const name = Deno.args[0];
      Deno.addSignalListener("SIGTERM", async () => {
        await new Promise((resolve) => setTimeout(resolve, name === "b" ? 400 : 0));
        console.log(name, "ended");
        Deno.exit(0);
      });
      console.log(name, "runs");
      setInterval(() => {}, 1000);`,
    );
    const two = join(directory, "two.ts");
    await Deno.writeTextFile(
      two,
      `import { runDeno } from ${JSON.stringify(import.meta.resolve("./deno_command.ts"))};
      const run = (name) => runDeno(["run", "-A", "--no-config", ${JSON.stringify(slow)}, name]);
      await Promise.all(["a", "b"].map(async (name) => {
        await run(name);
        await run("after " + name);
      }));`,
    );
    const parent = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-config", two],
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    let output = "";
    for await (const bytes of parent.stdout) {
      output += new TextDecoder().decode(bytes);
      const isWhole = output.includes("a runs\n") && output.includes("b runs\n");
      if (isWhole && !output.includes("ended")) parent.kill("SIGTERM");
    }
    assert.equal((await parent.status).code, 143);
    assert.deepEqual(output.trim().split("\n").toSorted(), [
      "a ended",
      "a runs",
      "b ended",
      "b runs",
    ]);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
