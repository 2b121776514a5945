import { strict as assert } from "node:assert";
import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { DatabaseCopies } from "../harness/database_copies.ts";
import { type Scenario, scenario } from "../harness/scenario.ts";
import { until } from "../harness/wait.ts";

async function withCopies(it: Scenario, work: (copies: DatabaseCopies) => Promise<void>) {
  const copies = new DatabaseCopies(it.databaseUrl);
  try {
    await work(copies);
  } finally {
    await copies.close();
  }
}

async function deleteOnBus(it: Scenario, what: "store" | "CLOSED_CANDLES"): Promise<void> {
  const { username, password, host } = new URL(it.nats.url);
  const connection = await connect({ servers: host, user: username, pass: password });
  const manager = await jetstreamManager(connection);
  if (what === "store") await manager.consumers.delete("CLOSED_CANDLES", "store");
  else await manager.streams.delete("CLOSED_CANDLES");
  await connection.close();
}

async function storedMinutes({ sql }: Scenario): Promise<number> {
  const [row] = await sql`SELECT count(*)::int AS count FROM candles
    WHERE granularity = 'ONE_MINUTE'`;
  return row?.count ?? 0;
}

/** A backup of now, then minutes that it will not have. */
async function backUpThenContinue(it: Scenario, copies: DatabaseCopies): Promise<number> {
  await it.minutes(3);
  await it.recovers();
  await it.app.terminate();
  await copies.backUp();
  await it.startApp().whenReady();
  await it.minutes(6);
  await it.recovers();
  return await storedMinutes(it);
}

function print(it: Scenario, what: RegExp): void {
  console.log(it.app.lines.filter((line) => what.test(line)).join("\n"));
}

Deno.test(
  "restore - a backup put in place while the app was down is caught up from the stream",
  scenario({}, (it) =>
    withCopies(it, async (copies) => {
      const before = await backUpThenContinue(it, copies);
      await it.app.terminate();
      await copies.restore();
      assert.ok(await storedMinutes(it) < before - 20, "the backup is older");
      await it.startApp().whenReady();
      await it.minutes(2);
      await it.recovers();
      print(it, /gone back in time/);
      await it.agrees();
    })),
);

Deno.test(
  "restore - a backup put in place under a running app is caught up, and the app starts over",
  scenario({}, (it) =>
    withCopies(it, async (copies) => {
      await backUpThenContinue(it, copies);
      await copies.restore();
      await it.minutes(2);
      await it.recovers();
      print(it, /gone back|restored|starting over/);
      await it.agrees();
    })),
);

Deno.test(
  "restore - what the stream no longer keeps is found missing between exact minutes and repaired",
  scenario({}, (it) =>
    withCopies(it, async (copies) => {
      await backUpThenContinue(it, copies);
      await it.app.terminate();
      await copies.restore();
      await deleteOnBus(it, "CLOSED_CANDLES");
      await it.startApp().whenReady();
      await it.minutes(2);
      await it.recovers();
      print(it, /delivered again|repaired|starting over/);
    })),
);

Deno.test(
  "lost database - one dropped and created again under a running app is migrated and filled again",
  scenario({}, (it) =>
    withCopies(it, async (copies) => {
      await it.minutes(4);
      await it.recovers();
      const before = await storedMinutes(it);
      await copies.lose();
      await until("the tables", async () => await storedMinutes(it).catch(() => 0) >= before);
      await it.app.whenReady();
      const page = "/api/candles?product=BTC-USD&granularity=ONE_MINUTE";
      await until("an answer with history", async () => {
        const answer = await it.app.request(page);
        return answer?.status === 200 && JSON.parse(answer.text).candles.length >= 3;
      });
      await it.minutes(2);
      await it.recovers();
      print(it, /delivered again|made again|starting over|migration 0008/);
      await it.agrees();
    })),
);

Deno.test(
  "deleted on the bus - deleting the consumer, then the whole stream, under a running app costs no candle",
  scenario({}, async (it) => {
    await it.minutes(3);
    await deleteOnBus(it, "store");
    await it.minutes(3);
    await it.recovers();
    await deleteOnBus(it, "CLOSED_CANDLES");
    await it.minutes(3);
    await it.recovers();
  }),
);

Deno.test(
  "read-only database - readyz reports it, history is read, and candles wait until it takes them",
  scenario({}, (it) =>
    withCopies(it, async (copies) => {
      await it.minutes(3);
      await it.recovers();
      await copies.setReadOnly(true);
      await until("the state", async () => {
        const answer = await it.app.request("/readyz");
        const { ready, store } = JSON.parse(answer?.text ?? "{}");
        return ready && store.state === "degraded" && /read-only/.test(store.detail);
      });
      const before = await storedMinutes(it);
      await it.minutes(3);
      const page = "/api/candles?product=BTC-USD&granularity=ONE_MINUTE";
      assert.equal((await it.app.request(page))?.status, 200);
      // A start finds it read-only, and reads.
      await it.app.terminate();
      await it.startApp().whenReady();
      assert.equal((await it.app.request(page))?.status, 200);
      assert.equal(await storedMinutes(it), before);
      await copies.setReadOnly(false);
      await it.minutes(1);
      await it.recovers();
      await it.agrees();
    })),
);
