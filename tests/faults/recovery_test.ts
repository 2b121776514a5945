import { strict as assert } from "node:assert";
import { join } from "node:path";
import { main as backup } from "../../tasks/backup.ts";
import { DatabaseCopies } from "../harness/database_copies.ts";
import { type Scenario, scenario } from "../harness/scenario.ts";
import { until } from "../harness/wait.ts";
import { newDirectory } from "../servers.ts";

// What docs/operating.md promises for each loss, with its commands.

async function runBackup(it: Scenario, ...args: readonly string[]): Promise<void> {
  const lines: string[] = [];
  const env = { DATABASE_URL: it.databaseUrl, NATS_URL: it.nats.url };
  assert.equal(await backup(args, env, (line) => lines.push(line)), 0, lines.join("\n"));
}

async function newBackupPath(): Promise<string> {
  return join(await newDirectory(), "spot-canvas.backup.gz");
}

/** What JetStream has on its disk, all of it. */
async function loseNatsFiles(it: Scenario): Promise<void> {
  assert.ok(it.disk);
  await it.nats.kill();
  await Deno.remove(join(it.disk.path, "nats", "store"), { recursive: true });
  await it.nats.restart();
}

async function loseDatabase(it: Scenario): Promise<void> {
  const copies = new DatabaseCopies(it.databaseUrl);
  try {
    await copies.lose();
  } finally {
    await copies.close();
  }
}

/** Waits for what the runbook gives as the end of a recovery. */
async function isOver(it: Scenario): Promise<void> {
  await until("readyz without open gaps and waiting days", async () => {
    const answer = await it.app.request("/readyz");
    if (answer?.status !== 200) return false;
    const { repair } = JSON.parse(answer.text);
    assert.equal(typeof repair.gapsOpen, "number");
    assert.equal(typeof repair.daysWaiting, "number");
    return repair.gapsOpen === 0 && repair.daysWaiting === 0;
  }, { timeoutMs: 60_000 });
}

Deno.test(
  "recovery - a backup that is read back under a running app is caught up from the stream",
  scenario({}, async (it) => {
    const path = await newBackupPath();
    await it.minutes(3);
    await runBackup(it, "write", path);
    await it.minutes(5);
    await runBackup(it, "read", "--replace", path);
    await until(
      "the line that the runbook quotes",
      () => it.app.lines.some((line) => /gone back in time, and \d+ of them/.test(line)),
    );
    await it.minutes(2);
    await it.recovers();
    await isOver(it);
    await it.agrees();
  }),
);

Deno.test(
  "recovery - a NATS that lost its files gets its streams and buckets again, and what was not stored is repaired",
  scenario({ smallDisk: "nats" }, async (it) => {
    await it.minutes(3);
    await loseNatsFiles(it);
    await it.minutes(3);
    await it.recovers();
    await isOver(it);
    const stream = await it.app.request("/api/candles?product=BTC-USD&granularity=ONE_MINUTE");
    assert.equal(stream?.status, 200);
  }),
);

Deno.test(
  "recovery - on another machine, with nothing but a backup, all since it is repaired from trades",
  scenario({ smallDisk: "nats" }, async (it) => {
    const path = await newBackupPath();
    await it.minutes(3);
    await it.recovers();
    await runBackup(it, "write", path);
    await it.minutes(3);
    await it.app.terminate();
    await loseDatabase(it);
    await loseNatsFiles(it);
    await runBackup(it, "read", path);
    it.app = it.startAt(await it.place());
    await it.app.whenReady();
    await it.minutes(2);
    await it.recovers();
    await isOver(it);
  }),
);

Deno.test(
  "recovery - a running app whose database and NATS both come back empty begins again",
  scenario({ smallDisk: "nats" }, async (it) => {
    await it.minutes(3);
    await loseNatsFiles(it);
    await loseDatabase(it);
    await until("the tables", async () => {
      const rows = await it.sql`SELECT to_regclass('doubts') IS NOT NULL AS there`.catch(() => []);
      return rows[0]?.there === true;
    });
    await it.app.whenReady();
    const begunMs = it.exchange.now();
    await it.minutes(3);
    // Candles from before are the exchange's, and not compared: their trades are read back later.
    await until("minutes that are exact again", async () => {
      const rows = await it.sql`SELECT FROM candles WHERE product_id = 'BTC-USD'
        AND granularity = 'ONE_MINUTE' AND exact AND start > to_timestamp(${begunMs / 1000})`;
      return rows.length > 0;
    }, { timeoutMs: 60_000 });
    await isOver(it);
  }),
);
