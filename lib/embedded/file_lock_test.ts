import assert from "node:assert/strict";
import { join } from "node:path";
import { until } from "../../tests/harness/wait.ts";
import { FileLock } from "./file_lock.ts";

Deno.test("file lock - a lock has one holder, and is free again when that one releases it", async () => {
  const directory = await Deno.makeTempDir();
  const path = join(directory, "lock");
  const first = await FileLock.tryTake(path);
  assert.ok(first);
  assert.equal(await FileLock.tryTake(path), null);
  first[Symbol.dispose]();
  first[Symbol.dispose]();
  const second = await FileLock.tryTake(path);
  assert.ok(second);
  second[Symbol.dispose]();
  await Deno.remove(directory, { recursive: true });
});

Deno.test("file lock - a caller that waits for a lock is notified once, and gets it when it is free", async () => {
  const directory = await Deno.makeTempDir();
  const path = join(directory, "lock");
  const first = await FileLock.tryTake(path);
  let notices = 0;
  const waiting = FileLock.take(path, () => notices++);
  await until("the notice", () => notices > 0, { everyMs: 1 });
  // It tries again several times in this time.
  await new Promise((resolve) => setTimeout(resolve, 150));
  assert.equal(notices, 1);
  first?.[Symbol.dispose]();
  (await waiting)[Symbol.dispose]();
  await Deno.remove(directory, { recursive: true });
});

Deno.test("file lock - waiting for a lock ends with its signal", async () => {
  const directory = await Deno.makeTempDir();
  using _first = await FileLock.tryTake(join(directory, "lock"));
  const taking = FileLock.take(join(directory, "lock"), () => {}, AbortSignal.timeout(60));
  await assert.rejects(taking, { name: "TimeoutError" });
  await Deno.remove(directory, { recursive: true });
});

Deno.test("file lock - a killed process holds no lock", async () => {
  const directory = await Deno.makeTempDir();
  const path = join(directory, "lock");
  const script = `
    import { FileLock } from ${JSON.stringify(import.meta.resolve("./file_lock.ts"))};
    await FileLock.tryTake(${JSON.stringify(path)});
    console.log("held");
    setInterval(() => {}, 1000);`;
  const holder = new Deno.Command(Deno.execPath(), {
    args: ["eval", script],
    stdout: "piped",
  }).spawn();
  const output = holder.stdout.getReader();
  await output.read();
  assert.equal(await FileLock.tryTake(path), null);
  holder.kill("SIGKILL");
  await holder.status;
  await output.cancel();
  const lock = await FileLock.tryTake(path);
  assert.ok(lock);
  lock[Symbol.dispose]();
  await Deno.remove(directory, { recursive: true });
});

Deno.test("file lock - a released one is free, even while programs are being started", async () => {
  const directory = await Deno.makeTempDir();
  const path = join(directory, "lock");
  // Between fork and exec a child has a copy of all open files.
  const starting = `postMessage(0); while (true) await new Deno.Command("true").output();`;
  const url = `data:text/javascript,${encodeURIComponent(starting)}`;
  const others = [0, 1].map(() => new Worker(url, { type: "module" }));
  try {
    await Promise.all(others.map((other) => new Promise((resolve) => other.onmessage = resolve)));
    for (let i = 0; i < 500; i++) {
      const lock = await FileLock.tryTake(path);
      assert.ok(lock, `not free, attempt ${i}`);
      lock[Symbol.dispose]();
    }
  } finally {
    for (const other of others) other.terminate();
  }
  await Deno.remove(directory, { recursive: true });
});
