import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { clientProgram } from "../client_program.ts";
import { scenario } from "../harness/scenario.ts";
import { npmSpecifier, runChecked } from "../harness/npm_program.ts";
import { until } from "../harness/wait.ts";
import { newDirectory } from "../servers.ts";
import { check, siteForTests } from "./site.ts";
import { watch } from "./watched_page.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const EXAMPLES = join(ROOT, "examples");
const LOCAL = "http://localhost:8000";

const site = siteForTests();

/** Copies an example to a new folder, with the files that the server provides beside it. */
async function withExample(
  path: string,
  files: Readonly<Record<string, string>> = {},
): Promise<string> {
  const folder = await newDirectory();
  await Deno.copyFile(join(EXAMPLES, path), join(folder, path.split("/").at(-1) ?? ""));
  for (const [name, from] of Object.entries(files)) {
    const response = await fetch(site().app.url + from);
    assert.equal(response.status, 200, from);
    await Deno.writeFile(join(folder, name), new Uint8Array(await response.arrayBuffer()));
  }
  return folder;
}

/** Runs a program until it has printed what is waited for, then ends it as Ctrl-C does; gives all that it printed. */
async function runUntil(
  command: string,
  args: readonly string[],
  cwd: string,
  isEnough: (printed: string) => boolean,
): Promise<string> {
  const child = new Deno.Command(command, {
    args: [...args],
    cwd,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    env: { NO_COLOR: "1" },
  }).spawn();
  let printed = "";
  const read = async (stream: ReadableStream<Uint8Array>) => {
    const decoder = new TextDecoder();
    for await (const bytes of stream) printed += decoder.decode(bytes, { stream: true });
  };
  const reading = Promise.all([read(child.stdout), read(child.stderr)]);
  let isOver = false;
  void child.status.then(() => isOver = true);
  try {
    await until(`what ${command} prints`, () => isEnough(printed) || isOver, {
      timeoutMs: 120_000,
    });
    assert.ok(isEnough(printed), printed);
  } finally {
    if (!isOver) child.kill("SIGINT");
    await child.status;
    await reading;
  }
  return printed;
}

check("examples - Node prints live candles of two products with the server's client", async () => {
  const folder = await withExample("node/follow.mjs", { "client.mjs": "/client.js" });
  const printed = await runUntil(
    await clientProgram("node"),
    ["follow.mjs", site().app.url],
    folder,
    (text) => /Z BTC-USD live [\d.]+ [\d.]+$/m.test(text) && / ETH-USD live /.test(text),
  );
  assert.match(printed, /: live$/m);
});

check(
  "examples - Deno prints an hour of history and then follows, with types that hold",
  async () => {
    const files = { "client.js": "/client.js", "client.d.ts": "/client.d.ts" };
    const folder = await withExample("deno/follow.ts", files);
    const apart = ["--no-config", "--quiet"];
    for (
      const args of [["check", ...apart], ["lint", ...apart], [
        "fmt",
        "--check",
        "--no-config",
        "--line-width=100",
        "--quiet",
      ]]
    ) {
      const { success, stderr } = await new Deno.Command(Deno.execPath(), {
        args: [...args, "follow.ts"],
        cwd: folder,
      }).output();
      assert.ok(success, new TextDecoder().decode(stderr));
    }
    await runUntil(
      Deno.execPath(),
      ["run", "--no-config", "--no-check", "--allow-net", "follow.ts", site().app.url],
      folder,
      (text) =>
        /minutes of history$/m.test(text) &&
        text.split("minutes of history")[1]?.includes("Z ") === true,
    );
  },
);

// Against an exchange whose minutes are short: it has to live through several.
check(
  "examples - Python keeps closed candles in a file, each once, over a kill",
  scenario({}, async (it) => {
    const folder = await withExample("python/follow.py");
    const python = await clientProgram("python3");
    const rows = async () =>
      (await Deno.readTextFile(join(folder, "candles.csv"))).trimEnd().split("\r\n").slice(1);
    it.time.speed = 20;
    const newest = await until("a closed candle", async () => {
      const answer = await it.app.request(
        "/api/candles?product=BTC-USD&granularity=ONE_MINUTE&limit=2",
      );
      const { candles }: { candles: { timestamp: number; is_complete: boolean }[] } = JSON.parse(
        answer?.text ?? "",
      );
      return candles.findLast((candle) => candle.is_complete)?.timestamp ?? null;
    });
    /** Runs it until a minute that is newer than `known` has closed: older ones come as well, as they are proven. */
    const followPast = (known: number) =>
      runUntil(
        python,
        ["follow.py", it.app.url],
        folder,
        (text) => [...text.matchAll(/^BTC-USD (\d+)/gm)].some(([, at]) => Number(at) > known),
      );
    await followPast(newest);
    const before = await rows();
    // As if the last row had been written without its id.
    await Deno.writeTextFile(join(folder, "candles.csv"), `${before.at(-1)}\r\n`, { append: true });
    const minutesOf = (all: readonly string[]) =>
      all.filter((row) => row.startsWith("BTC-USD")).map((row) => Number(row.split(",")[1]))
        .filter((minute) => minute > newest);
    await followPast(Math.max(...minutesOf(before)));
    const after = await rows();
    const names = after.map((row) =>
      row.split(",").filter((_, at) => [0, 1, 9].includes(at)).join()
    );
    assert.equal(new Set(names).size, names.length, after.join("\n"));
    const since = [...new Set(minutesOf(after))].toSorted((a, b) => a - b);
    assert.ok(since.length > 1, after.join("\n"));
    for (const [index, minute] of since.slice(1).entries()) {
      assert.equal(minute - (since[index] ?? 0), 60, since.join());
    }
  }),
);

check(
  "examples - the static page shows two live charts and a line of prices",
  async () => {
    const html = (await Deno.readTextFile(join(EXAMPLES, "page/index.html")))
      .replaceAll(LOCAL, site().app.url);
    const server = Deno.serve(
      { port: 0, hostname: "127.0.0.1", onListen: () => {} },
      ({ url }) =>
        new URL(url).pathname === "/"
          ? new Response(html, { headers: { "content-type": "text/html" } })
          : new Response(null, { status: 204 }),
    );
    const address = `http://127.0.0.1:${server.addr.port}/`;
    const { page, complaints, close } = await watch(site().browser, address);
    try {
      await page.locator("spot-chart[state=live] >> nth=1").waitFor();
      await page.locator("#BTC-USD", { hasText: /\d/ }).waitFor();
      await page.locator("#state", { hasText: "live" }).waitFor();
      assert.deepEqual(complaints, []);
    } finally {
      await close();
      await server.shutdown();
    }
  },
);

check("examples - DuckDB makes a report of a download", async () => {
  const end = Math.floor(Date.now() / 1000);
  const query = `product=BTC-USD&granularity=ONE_MINUTE&start=${end - 86_400}`;
  // The past comes in the background, its newest part first.
  await until("a day of minutes", async () => {
    const response = await fetch(`${site().app.url}/api/candles.ndjson?${query}`);
    const starts = [...(await response.text()).matchAll(/"timestamp":(\d+)/g)]
      .map(([, start]) => Number(start));
    return starts.length > 1000 &&
      new Set(starts.map((start) => Math.floor(start / 3600))).size >= 24;
  }, { timeoutMs: 180_000, everyMs: 1000 });
  const folder = await withExample("duckdb/report.sql", {
    "candles.parquet": `/api/candles.parquet?${query}`,
  });
  await Deno.writeTextFile(
    join(folder, "program.ts"),
    `import { DuckDBInstance } from "${npmSpecifier("@duckdb/node-api")}";
    const connection = await (await DuckDBInstance.create()).connect();
    const statements = await connection.extractStatements(await Deno.readTextFile("report.sql"));
    const tables = [];
    for (let index = 0; index < statements.count; index++) {
      const statement = await statements.prepare(index);
      tables.push((await statement.runAndReadAll()).getRowObjectsJson());
    }
    console.log(JSON.stringify(tables));`,
  );
  const { success, output, complaints } = await runChecked("program.ts", [], folder);
  assert.ok(success, complaints);
  const [[proven], hours, busiest] = JSON.parse(output);
  assert.ok(Number(proven.minutes) > 1000, output);
  assert.ok(
    hours.length >= 24 && hours.every(({ volume }: { volume: string }) => Number(volume) > 0),
  );
  assert.ok(busiest.length <= 10);
});

Deno.test("examples - each program is in the folder's table, and nothing else is", async () => {
  const readme = await Deno.readTextFile(join(EXAMPLES, "README.md"));
  const named = [...readme.matchAll(/\]\(([\w/.]+)\)/g)].map(([, path = ""]) => path);
  for (const path of named) await Deno.stat(join(EXAMPLES, path));
  const folders: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(EXAMPLES)) {
    if (isDirectory) folders.push(name);
  }
  assert.deepEqual(named.map(dirname).toSorted(), folders.toSorted());
});
