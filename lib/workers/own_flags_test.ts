import assert from "node:assert/strict";
import { flagsIn, IMAGE_FLAGS, ownFlags } from "./own_flags.ts";

Deno.test("own flags - a worker is started as its parent was, whatever the program is called", () => {
  const flags = ["-A", "--no-check", "--v8-flags=--max-old-space-size=512"];
  for (const script of ["serve.ts", "./serve.ts", "/app/serve.ts", "file:///app/serve.ts"]) {
    const command = ["/usr/bin/deno", "run", ...flags, script, "--other", ""];
    assert.deepEqual(flagsIn(command, "file:///app/serve.ts", "/app"), flags);
    const short = ["/usr/bin/deno", ...flags, script, ""];
    assert.deepEqual(flagsIn(short, "file:///app/serve.ts", "/app"), flags);
  }
  const task = ["deno", "run", "-A", "--config", "other.json", "tasks/start.ts", ""];
  assert.deepEqual(flagsIn(task, "file:///app/tasks/start.ts", "/app"), [
    "-A",
    "--config",
    "other.json",
  ]);
});

Deno.test("own flags - a debugger and a watch are the parent's alone", () => {
  const command = ["deno", "run", "-A", "--inspect=127.0.0.1:9229", "--watch", "serve.ts", ""];
  assert.deepEqual(flagsIn(command, "file:///app/serve.ts", "/app"), ["-A"]);
});

Deno.test("own flags - a command without the program in it leaves the image's", () => {
  assert.deepEqual(flagsIn(["deno", "run", "-A", ""], "file:///a.ts", "/"), IMAGE_FLAGS);
});

Deno.test("own flags - this process finds its own", () => {
  assert.ok(ownFlags().length > 0);
});
