import { strict as assert } from "node:assert";
import { Random } from "../../lib/exchange_simulator/random.ts";
import type { AppProcess } from "../harness/app_process.ts";
import { openTestBus } from "../harness/bus_comparison.ts";
import { assertGetAll, closedCandles } from "../harness/closed_candles.ts";
import { Follower } from "../harness/follower.ts";
import { NatsCluster } from "../harness/nats_cluster.ts";
import { type AppPlace, scenario } from "../harness/scenario.ts";
import { until } from "../harness/wait.ts";

const SHARDS = 3;
const PRODUCTS = 20;
/** Exchange time per real time: a minute closes every four seconds. */
const SPEED = 15;
const SHARDED = { SHARD_COUNT: String(SHARDS), ROLES: "ingest" };

Deno.test(
  "cluster - three shards, two webs, a store and a NATS cluster of three, all restarted and then killed one by one under load, lose nothing",
  scenario({
    natsNodes: 3,
    exchange: { products: PRODUCTS, tradesPerSecond: 60 },
    env: { ...SHARDED, SHARD_INDEX: "0" },
  }, async (it) => {
    assert.ok(it.nats instanceof NatsCluster);
    const places = new Map<string, AppPlace>([
      ["ingest 1", await it.place({ ...SHARDED, SHARD_INDEX: "1" })],
      ["ingest 2", await it.place({ ...SHARDED, SHARD_INDEX: "2" })],
      ["store", await it.place({ ROLES: "store" })],
      ["web 0", await it.place({ ROLES: "web" })],
      ["web 1", await it.place({ ROLES: "web" })],
    ]);
    const apps = new Map([...places].map(([name, place]) => [name, it.startAt(place)]));
    await Promise.all([...apps.values()].map((app) => app.whenReady()));
    it.time.speed = SPEED;
    const followers = ["web 0", "web 1"].flatMap((name) => {
      const { url } = apps.get(name) ?? it.app;
      return ["products=*&granularities=*&closed=true", "products=*&granularities=*"].map((query) =>
        new Follower(url, query, { staysMs: null, awayMs: 0 }, new Random(1, `${name} ${query}`))
      );
    });
    await until("every follower's first snapshot", () => followers.every(isFollowing));
    const ingesters = [it.app, apps.get("ingest 1"), apps.get("ingest 2")];
    const trades = await Promise.all(ingesters.map((app) => app?.metric("trades_received_total")));
    console.log(`  trades of the shards so far: ${trades.join(", ")}`);

    for (const signal of ["SIGTERM", "SIGKILL"] as const) {
      const end = (app: AppProcess | undefined) =>
        signal === "SIGTERM" ? app?.terminate() : app?.kill();
      for (const [at, node] of it.nats.nodes.entries()) {
        await step(`NATS node ${at}, ${signal}`, async () => {
          await node.end(signal);
          node.start();
          await node.whenHealthy();
        });
        await it.minutes(1, SPEED);
      }
      await step(`ingest 0, ${signal}`, async () => {
        await end(it.app);
        await it.startApp().whenReady();
      });
      for (const [name, place] of places) {
        await it.minutes(1, SPEED);
        await step(`${name}, ${signal}`, async () => {
          await end(apps.get(name));
          const app = it.startAt(place);
          apps.set(name, app);
          await app.whenReady();
        });
      }
    }
    await it.recovers({ timeoutMs: 90_000, speed: SPEED });
    await it.agrees();
    const bus = await openTestBus(it.nats.url);
    try {
      const stream = await closedCandles(bus);
      await assertGetAll(followers, stream, 30_000);
      const given = followers.map(({ closed, live, connects }) =>
        `${closed.length} closed and ${live} live in ${connects} connections`
      );
      console.log(`  ${stream.length} in CLOSED_CANDLES; followers: ${given.join("; ")}`);
    } finally {
      await bus.close();
      await Promise.all(followers.map((each) => each.leave()));
    }
  }),
);

function isFollowing({ begunAt }: Follower): boolean {
  return begunAt !== null;
}

async function step(name: string, restart: () => Promise<void>): Promise<void> {
  const startedMs = performance.now();
  await restart();
  console.log(`  ${name} is back after ${((performance.now() - startedMs) / 1000).toFixed(1)} s`);
}
