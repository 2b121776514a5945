import { strict as assert } from "node:assert";
import { join } from "node:path";
import { startExchangeSimulator } from "../../lib/exchange_simulator/mod.ts";
import { AppProcess, freePort } from "../harness/app_process.ts";
import { pause, until } from "../harness/wait.ts";
import { newDirectory, withServers } from "../servers.ts";
import { parseExec } from "./dockerfile.ts";
import { routeAddresses, staticAddresses } from "./image_addresses.ts";
import { ImageTree } from "./image_tree.ts";

// Slow: the image's build compiles everything with empty caches, as a builder does.

/** The status of routes that have nothing to GET without a query, or at all. */
const OTHER_ANSWERS: Readonly<Record<string, number>> = {
  "/api/candles": 400,
  "/api/candles.csv": 400,
  "/api/candles.ndjson": 400,
  "/api/candles.parquet": 400,
  "/history": 400,
  "/nowhere": 404,
  "/products/BTC-USD/past": 400,
  "/stream": 400,
  "/stream/chart": 400,
  "/theme": 405,
  "/udf/history": 400,
  "/udf/symbols": 400,
};

let built: Promise<ImageTree> | null = null;

/** Made once for all tests. */
function image(): Promise<ImageTree> {
  return built ??= newDirectory().then((directory) => ImageTree.build(directory));
}

/** An answer's beginning is enough: streams have no end. */
async function statusOf(url: string): Promise<{ status: number; bytes: number }> {
  const response = await fetch(url, { redirect: "manual", signal: AbortSignal.timeout(20_000) });
  const reader = response.body?.getReader();
  const bytes = (await reader?.read())?.value?.byteLength ?? 0;
  await reader?.cancel();
  return { status: response.status, bytes };
}

function errorsIn(app: AppProcess): string[] {
  return app.lines.filter((line) => line.includes('"level":"ERROR"'));
}

async function succeeds([program = "", ...args]: readonly string[]): Promise<boolean> {
  return (await new Deno.Command(program, { args, stdout: "null", stderr: "null" }).output())
    .success;
}

Deno.test(
  "image - every static file, page and route is served by the tree that the Dockerfile makes",
  withServers(async ({ database, nats }) => {
    const tree = await image();
    const exchange = await startExchangeSimulator({ products: 5, historyHours: 1 });
    const env = {
      DATABASE_URL: await database(),
      NATS_URL: (await nats()).url,
      COINBASE_WS_URL: exchange.wsUrl,
      COINBASE_REST_URL: exchange.restUrl,
      BACKFILL_DAYS: "0",
      SIMULATED: "true",
    };
    assert.ok(await succeeds(tree.task(["tasks/migrate.ts", "up"], { env })), "migrations run");
    const port = freePort();
    const health = tree.healthcheck({ env: { PORT: `${port}` } });
    assert.equal(await succeeds(health), false, "unhealthy while no server listens");
    const app = AppProcess.start(port, env, { image: tree });
    try {
      await app.whenReady();
      await assertConfined(app.pid);
      const files = await staticAddresses(tree.root);
      const routes = await routeAddresses();
      assert.ok(files.includes("/spot-chart.js") && files.length > 12, files.join(" "));
      assert.ok(routes.includes("/products/BTC-USD") && routes.length > 15, routes.join(" "));
      // An answer in lines is empty until there is a first candle.
      const lines = `${app.url}/api/candles.ndjson?product=BTC-USD&granularity=1m`;
      await until("a first candle", async () => (await statusOf(lines)).bytes > 0);
      const wrong: string[] = [];
      for (const path of [...files, ...routes]) {
        const { status, bytes } = await statusOf(app.url + path);
        const expected = OTHER_ANSWERS[path] ?? 200;
        if (status !== expected || bytes === 0) wrong.push(`${path}: ${status}, ${bytes} bytes`);
      }
      assert.deepEqual(wrong, []);
      assert.ok(await succeeds(health), "healthy");
      assert.deepEqual(errorsIn(app), []);
      await movesABackup(tree, env, { ...env, DATABASE_URL: await database() });
      await Deno.remove(join(tree.root, "app/static/favicon.svg"));
      assert.equal((await statusOf(`${app.url}/favicon.svg`)).status, 500, "its file is gone");
      await until("the failure in the log", () => errorsIn(app).length > 0);
      assert.match(errorsIn(app)[0] ?? "", /GET \/favicon\.svg failed/);
      assert.equal((await app.terminate()).code, 0);
    } catch (error) {
      console.log(app.lines.slice(-30).join("\n"));
      throw error;
    } finally {
      await app.kill();
      await exchange.close();
    }
  }),
);

/** What docs/deploying.md has compose run: its files are standard output and input, since the image writes none. */
async function movesABackup(
  tree: ImageTree,
  from: Readonly<Record<string, string>>,
  to: Readonly<Record<string, string>>,
): Promise<void> {
  const path = join(await newDirectory(), "spot-canvas.backup.gz");
  const write = tree.task(["tasks/backup.ts", "write", "-"], { env: from });
  const read = tree.task(["tasks/backup.ts", "read", "-"], { env: to });
  const { success, stderr } = await new Deno.Command("sh", {
    args: ["-ec", `${shell(write)} > ${path}; ${shell(read)} < ${path}`],
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  assert.match(
    new TextDecoder().decode(stderr),
    /candles: [1-9]\d* rows[^]*the backup is in place/,
  );
}

function shell(command: readonly string[]): string {
  return command.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
}

Deno.test("image - compose's check ends a server that hangs, and spares one that answers", async () => {
  const tree = await image();
  // A loop that never yields: neither requests nor signals reach the program.
  await Deno.writeTextFile(
    join(tree.root, "app/hang.ts"),
    `await import("./serve.ts");
     const file = Deno.env.get("HANG_FILE") ?? "";
     setInterval(() => { try { Deno.statSync(file); } catch { return; } for (;;); }, 100);`,
  );
  const sign = await newDirectory();
  const port = freePort();
  const env = {
    DATABASE_URL: "postgres://spot_canvas:none@127.0.0.1:1/spot_canvas",
    NATS_URL: "nats://127.0.0.1:1",
    HANG_FILE: "/run/secrets/hang",
    PORT: `${port}`,
    HOST: "127.0.0.1",
  };
  const [program = "", ...args] = tree.task(["hang.ts"], {
    env,
    init: true,
    mounts: { "/run/secrets": sign },
  });
  const container = new Deno.Command(program, { args, stdout: "piped", stderr: "null" }).spawn();
  let over = false;
  void container.status.then(() => over = true);
  try {
    const log = new Response(container.stdout).text();
    await until("an answer", () =>
      fetch(`http://127.0.0.1:${port}/healthz`).then(
        async (answer) => {
          await answer.body?.cancel();
          return answer.ok;
        },
        () => false,
      ));
    const check = tree.exec(await onlyChild(container.pid), await composeCheck(), env);
    assert.ok(await succeeds(check), "healthy");
    await Deno.writeTextFile(join(sign, "hang"), "");
    assert.equal(await succeeds(check), false, "hung");
    const { code } = await container.status;
    assert.equal(code, 137, "the container ends, so that its restart policy starts it again");
    assert.match(await log, /healthcheck: process \d+ has not answered 4 times; it is killed/);
  } finally {
    // With it goes all that runs in it.
    if (!over) container.kill("SIGKILL");
    await container.status;
  }
});

Deno.test("image - web workers have the image's permissions alone, and none starts without the permission to run Deno", async () => {
  const tree = await image();
  const port = freePort();
  const env = {
    DATABASE_URL: "postgres://spot_canvas:none@127.0.0.1:1/spot_canvas",
    NATS_URL: "nats://127.0.0.1:1",
    WEB_WORKERS: "2",
    PORT: `${port}`,
    HOST: "127.0.0.1",
  };
  const spawn = ([program = "", ...args]: readonly string[]) =>
    new Deno.Command(program, { args: [...args], stdout: "piped", stderr: "null" }).spawn();
  const refused = await spawn(tree.server({ env })).output();
  assert.equal(refused.code, 1);
  assert.match(
    new TextDecoder().decode(refused.stdout),
    /WEB_WORKERS: 2 is not allowed: this process may not start Deno: give 1, or --allow-run=/,
  );
  // What deploy/compose.workers.yaml has.
  const parent = spawn(tree.task(["--allow-run=deno", "serve.ts"], { env }));
  const log = new Response(parent.stdout).text();
  try {
    const pids = await until("both workers", async () => {
      const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null);
      const { workers } = answer === null ? { workers: null } : await answer.json();
      const running = (workers?.workers ?? [])
        .filter(({ state }: { state: string }) => state === "degraded")
        .map(({ pid }: { pid: number }) => pid);
      return running.length === 2 ? running : null;
    });
    for (const pid of pids) {
      await assertConfined(pid);
      const command = (await Deno.readTextFile(`/proc/${pid}/cmdline`)).split("\0");
      assert.ok(command.includes("--allow-net") && command.includes("--no-prompt"));
      assert.ok(!command.some((word) => /^(-A|--allow-all|--allow-run.*)$/.test(word)));
    }
    parent.kill("SIGTERM");
    assert.equal((await parent.status).code, 0);
    for (const pid of pids) await assert.rejects(Deno.stat(`/proc/${pid}`));
  } catch (error) {
    console.log((await Promise.race([log, pause(100)])) ?? "");
    throw error;
  } finally {
    try {
      parent.kill("SIGKILL");
    } catch {
      // It has ended.
    }
    await parent.status;
  }
});

/** What compose runs to learn whether the application is healthy; a server may be hung from its first second on. */
async function composeCheck(): Promise<string[]> {
  const compose = await Deno.readTextFile(new URL("../../compose.yaml", import.meta.url));
  const [, list = ""] = /test: (\[[^\]]*"--end-hung=[^\]]*\])/.exec(compose) ?? [];
  const [, ...words] = parseExec(list.replace(/,\s*\]$/, "]"));
  return words.map((word) => word.replace(/^--end-hung=\d+$/, "--end-hung=1"));
}

async function onlyChild(pid: number): Promise<number> {
  return Number((await Deno.readTextFile(`/proc/${pid}/task/${pid}/children`)).trim());
}

/** Asserts that the process has only an ordinary user's rights, in a read-only file system. */
async function assertConfined(pid: number): Promise<void> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  assert.match(status, /^CapEff:\s+0+$/m);
  if (Deno.uid() === 0) assert.match(status, /^Uid:\s+65532\s/m);
  const mounts = (await Deno.readTextFile(`/proc/${pid}/mountinfo`)).split("\n");
  const root = mounts.map((line) => line.split(" ")).findLast((fields) => fields[4] === "/");
  assert.match(root?.[5] ?? "", /^ro\b/);
}
