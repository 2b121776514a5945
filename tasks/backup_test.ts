import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import postgres from "postgres";
import { startPostgres } from "../lib/embedded/mod.ts";
import { newDirectory, withServers } from "../tests/servers.ts";
import { main } from "./backup.ts";

interface Outcome {
  readonly code: number;
  readonly text: string;
}

async function backup(url: string | null, ...args: readonly string[]): Promise<Outcome> {
  const lines: string[] = [];
  const env = url === null ? {} : { DATABASE_URL: url, NATS_URL: "nats://127.0.0.1:1" };
  const code = await main(args, env, (line) => lines.push(line));
  return { code, text: lines.join("\n") };
}

async function migrated(database: () => Promise<string>): Promise<string> {
  const url = await database();
  const task = await import("./migrate.ts");
  assert.equal(await task.main(["up"], url, () => {}), 0);
  return url;
}

async function query(url: string, statement: string): Promise<readonly postgres.Row[]> {
  const sql = postgres(url, { max: 1, fetch_types: false, onnotice: () => {} });
  try {
    return await sql.unsafe(statement);
  } finally {
    await sql.end();
  }
}

const DOUBT = "INSERT INTO doubts (from_time, to_time, reason) VALUES (now(), now(), 'known')";

Deno.test(
  "backup task - write, check and read report what they did, and --replace is needed for a full database",
  withServers(async ({ database }) => {
    const url = await migrated(database);
    await query(url, DOUBT);
    const path = join(await newDirectory(), "own.sql.gz");
    const written = await backup(url, "write", path);
    assert.equal(written.code, 0, written.text);
    assert.match(written.text, /\ndoubts: 1 rows\n(.*\n)*.*own\.sql\.gz written, 0\.0 MB$/);
    assert.equal(((await Deno.stat(path)).mode ?? 0) & 0o777, 0o600);
    assert.match((await backup(null, "check", path)).text, /is whole: 0 candles, migration \d{4}_/);
    const refused = await backup(url, "read", path);
    assert.equal(refused.code, 1);
    assert.match(refused.text, /the database is not empty \(doubts\).*--replace/);
    await query(url, DOUBT);
    const replaced = await backup(url, "read", "--replace", path);
    assert.equal(replaced.code, 0, replaced.text);
    assert.equal((await query(url, "SELECT FROM doubts")).length, 1);
    // Into one that has not even tables.
    const fresh = await database();
    assert.equal((await backup(fresh, "read", path)).code, 0);
    assert.equal((await query(fresh, "SELECT FROM doubts")).length, 1);
  }),
);

Deno.test(
  "backup task - a backup that fails leaves the one before under its name, and nothing beside it",
  withServers(async ({ database }) => {
    const path = join(await newDirectory(), "own.sql.gz");
    await Deno.writeTextFile(path, "the one before");
    const failed = await backup(await database(), "write", path);
    assert.equal(failed.code, 1);
    assert.match(failed.text, /deno task migrate up/);
    assert.equal(await Deno.readTextFile(path), "the one before");
    const names = await Array.fromAsync(Deno.readDir(dirname(path)), ({ name }) => name);
    assert.deepEqual(names, ["own.sql.gz"]);
  }),
);

Deno.test(
  "backup task - a disk that is full fails the backup, and leaves no half of one",
  withServers(async ({ database, smallDisk }) => {
    const url = await migrated(database);
    await query(
      url,
      `INSERT INTO dead_letters (sequence, key, bytes, reason)
        SELECT n, '', convert_to(string_agg(md5(random()::text), ''), 'UTF8'), ''
        FROM generate_series(1, 5) n, generate_series(1, 100000) GROUP BY n`,
    );
    const disk = await smallDisk(5);
    const failed = await backup(url, "write", join(disk.path, "own.sql.gz"));
    assert.equal(failed.code, 1, failed.text);
    assert.match(failed.text, /No space left/);
    const names = await Array.fromAsync(Deno.readDir(disk.path), ({ name }) => name);
    assert.deepEqual(names.filter((name) => name !== "lost+found"), []);
  }),
);

Deno.test("backup task - a file that is not a backup is refused in one line", async () => {
  const directory = await newDirectory();
  const path = join(directory, "notes.txt");
  await Deno.writeTextFile(path, "notes");
  for (
    const [file, reason] of [[path, /damaged/], [join(directory, "none"), /No such file/]] as const
  ) {
    const { code, text } = await backup("postgres://u:secret@127.0.0.1:1/d", "read", file);
    assert.equal(code, 1);
    assert.match(text, reason);
    assert.doesNotMatch(text, /secret|\n/);
  }
  const noPlace = await backup(
    "postgres://u:secret@127.0.0.1:1/d",
    "write",
    join(directory, "no", "x"),
  );
  assert.match(noPlace.text, /there is no directory .*no$/);
  for (
    const args of [[], ["write"], ["copy", "x"], ["read", "--force", "x"], [
      "write",
      "--replace",
      "x",
    ]]
  ) {
    const { code, text } = await backup(null, ...args);
    assert.equal(code, 2);
    assert.match(text, /^usage: deno task backup/);
  }
});

Deno.test("backup task - it uses the embedded PostgreSQL that the app is running, and leaves it running", async () => {
  const dataDir = await Deno.makeTempDir();
  const binDir = fileURLToPath(new URL("../.data/bin", import.meta.url));
  const server = await startPostgres({ dataDir, binDir, progress: () => {} });
  try {
    const task = await import("./migrate.ts");
    assert.equal(await task.main(["up"], server.url, () => {}), 0);
    await query(server.url, DOUBT);
    const path = join(dataDir, "own.sql.gz");
    for (const args of [["write", path], ["read", "--replace", path]]) {
      const lines: string[] = [];
      const code = await main(args, { DATA_DIR: dataDir }, (line) => lines.push(line));
      assert.equal(code, 0, lines.join("\n"));
    }
    assert.equal((await query(server.url, "SELECT FROM doubts")).length, 1);
  } finally {
    await server.stop();
    await Deno.remove(dataDir, { recursive: true });
  }
});

Deno.test(
  "backup task - a pipe in place of a file carries a backup from one database to another",
  withServers(async ({ database }) => {
    const from = await migrated(database);
    const to = await database();
    await query(from, DOUBT);
    const task = `${Deno.execPath()} run -A --no-check tasks/backup.ts`;
    const env = { NATS_URL: "nats://127.0.0.1:1", FROM: from, TO: to };
    const { success, stderr } = await new Deno.Command("bash", {
      args: [
        "-euo",
        "pipefail",
        "-c",
        `DATABASE_URL=$FROM ${task} write - | DATABASE_URL=$TO ${task} read -`,
      ],
      cwd: fileURLToPath(new URL("..", import.meta.url)),
      env,
    }).output();
    assert.ok(success, new TextDecoder().decode(stderr));
    assert.equal((await query(to, "SELECT FROM doubts")).length, 1);
  }),
);
