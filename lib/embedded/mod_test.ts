import assert from "node:assert/strict";
import { startEmbedded } from "./mod.ts";
import { TEST_BIN_DIR } from "./test_bin.ts";
import { within } from "../../tests/harness/wait.ts";

const quiet = () => {};

async function inDataDir(test: (dataDir: string) => Promise<void>): Promise<void> {
  const dataDir = await Deno.realPath(await Deno.makeTempDir());
  try {
    await test(dataDir);
  } finally {
    await Deno.remove(dataDir, { recursive: true });
  }
}

/** An application that starts both servers, prints that, and closes them when it is interrupted. */
async function withApplication(
  dataDir: string,
  test: (
    application: Deno.ChildProcess,
    output: ReadableStreamDefaultReader<Uint8Array>,
  ) => Promise<void>,
): Promise<void> {
  const script = `
    import { startEmbedded } from ${JSON.stringify(import.meta.resolve("./mod.ts"))};
    const embedded = await startEmbedded({
      dataDir: ${JSON.stringify(dataDir)}, binDir: ${JSON.stringify(TEST_BIN_DIR)},
      needPostgres: true, needNats: true, progress() {},
    });
    const pids = [embedded.postgres.pid, embedded.nats.pid];
    Deno.addSignalListener("SIGINT", async () => {
      await new Promise((resolve) => setTimeout(resolve, 300));
      for (const pid of pids) Deno.statSync("/proc/" + pid + "/exe");
      await embedded.close();
      console.log("closed");
      Deno.exit();
    });
    setInterval(() => {}, 60_000);
    console.log(JSON.stringify(pids));`;
  const application = new Deno.Command(Deno.execPath(), {
    args: ["eval", script],
    // A separate process group, as a shell gives to a command.
    detached: true,
    stdout: "piped",
  }).spawn();
  const output = application.stdout.getReader();
  try {
    await test(application, output);
  } finally {
    try {
      application.kill("SIGKILL");
    } catch {
      // It has ended, as it should.
    }
    await Promise.all([application.status, output.cancel()]);
  }
}

async function readText(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<string> {
  return new TextDecoder().decode((await reader.read()).value);
}

Deno.test("embedded servers - both servers start together, and close together, once, however often close is called", async () => {
  await inDataDir(async (dataDir) => {
    const options = { dataDir, binDir: TEST_BIN_DIR, progress: quiet };
    const embedded = await startEmbedded({ ...options, needPostgres: true, needNats: true });
    assert.equal(embedded.databaseUrl, embedded.postgres?.url);
    assert.equal(embedded.natsUrl, embedded.nats?.url);
    await within("both to close", embedded.close());
    await within("nothing to close", embedded.close());
  });
});

Deno.test("embedded servers - what is not needed is not started", async () => {
  await inDataDir(async (dataDir) => {
    const options = { dataDir, binDir: TEST_BIN_DIR, progress: quiet };
    const embedded = await startEmbedded({ ...options, needPostgres: false, needNats: false });
    assert.deepEqual([embedded.databaseUrl, embedded.natsUrl], [null, null]);
    assert.deepEqual([...Deno.readDirSync(dataDir)], []);
    await embedded.close();
  });
});

Deno.test("embedded servers - when one server cannot start the other is stopped again", async () => {
  await inDataDir(async (dataDir) => {
    const options = { dataDir, binDir: TEST_BIN_DIR, progress: quiet };
    const first = await startEmbedded({ ...options, needPostgres: false, needNats: true });
    const both = startEmbedded({ ...options, needPostgres: true, needNats: true });
    await assert.rejects(both, { name: "EmbeddedError", message: /nats is in use/ });
    const database = await startEmbedded({ ...options, needPostgres: true, needNats: false });
    await Promise.all([first.close(), database.close()]);
  });
});

Deno.test("embedded servers - Ctrl-C reaches the application alone, which then closes its servers", async () => {
  await inDataDir(async (dataDir) => {
    await withApplication(dataDir, async (application, output) => {
      const pids: unknown = JSON.parse(await readText(output));
      Deno.kill(-application.pid, "SIGINT");
      assert.equal(await readText(output), "closed\n");
      assert.equal((await application.status).code, 0);
      assert.ok(Array.isArray(pids) && pids.length === 2);
      for (const pid of pids) await assert.rejects(Deno.readLink(`/proc/${pid}/exe`));
    });
  });
});

Deno.test("embedded servers - the servers of a killed application are no obstacle to the next one", async () => {
  await inDataDir(async (dataDir) => {
    await withApplication(dataDir, async (application, output) => {
      await readText(output);
      application.kill("SIGKILL");
      await application.status;
      const options = { dataDir, binDir: TEST_BIN_DIR, progress: quiet };
      const embedded = await startEmbedded({ ...options, needPostgres: true, needNats: true });
      await embedded.close();
    });
  });
});
