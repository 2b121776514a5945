import assert from "node:assert/strict";

/** Runs a separate program, since what is tested here ends a process. */
async function run(program: string): Promise<{ code: number; stdout: string }> {
  const module = new URL("./lost_sockets.ts", import.meta.url).href;
  const text = `import { ignoreConnectionLossErrors } from ${JSON.stringify(module)};
    ignoreConnectionLossErrors((error) => console.log("lost", error.code));
    setTimeout(() => console.log("still here"), 50);
    ${program}`;
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", text],
    stderr: "null",
  }).output();
  return { code, stdout: new TextDecoder().decode(stdout) };
}

Deno.test("lost sockets - a lost connection's error that nothing handles does not end the process", async () => {
  const reset = 'Object.assign(new Error("read"), { code: "ECONNRESET" })';
  const rejected = await run(`Promise.reject(${reset});`);
  assert.deepEqual(rejected, { code: 0, stdout: "lost ECONNRESET\nstill here\n" });
  const thrown = await run(`setTimeout(() => { throw ${reset}; }, 1);`);
  assert.deepEqual(thrown, { code: 0, stdout: "lost ECONNRESET\nstill here\n" });
});

Deno.test("lost sockets - any other stray error still ends it", async () => {
  const { code, stdout } = await run('Promise.reject(new Error("a mistake"));');
  assert.equal(code, 1);
  assert.equal(stdout, "");
});

Deno.test("lost sockets - writing to a connection that has ended does not end the process", async () => {
  const written = await run(`
    const { connect } = await import("node:net");
    const server = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const socket = connect(server.addr.port, "127.0.0.1");
    await new Promise((resolve) => socket.once("connect", resolve));
    (await server.accept()).close();
    server.close();
    socket.end();
    socket.write("late");
  `);
  assert.equal(written.code, 0);
  // Connecting may take longer than the program's own timer.
  assert.deepEqual(written.stdout.trim().split("\n").toSorted(), [
    "lost ERR_STREAM_WRITE_AFTER_END",
    "still here",
  ]);
});
