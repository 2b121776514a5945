import { strict as assert } from "node:assert";
import { Random } from "../../lib/exchange_simulator/random.ts";
import { openTestBus } from "../harness/bus_comparison.ts";
import { assertHasAll, closedCandles, expectedOf } from "../harness/closed_candles.ts";
import { Follower } from "../harness/follower.ts";
import { NatsCluster } from "../harness/nats_cluster.ts";
import { scenario } from "../harness/scenario.ts";
import { until } from "../harness/wait.ts";

const SHARDS = 3;
const PRODUCTS = 20;
/** Exchange time per real time: a minute closes every four seconds. */
const PACE = 15;
const SHARDED = { SHARD_COUNT: String(SHARDS), ROLES: "ingest" };

Deno.test(
  "three shards, two webs, a store and a NATS cluster of three, all restarted one by one under load, lose nothing",
  scenario({
    natsNodes: 3,
    exchange: { products: PRODUCTS, tradesPerSecond: 40 },
    env: { ...SHARDED, SHARD_INDEX: "0" },
  }, async (it) => {
    assert.ok(it.nats instanceof NatsCluster);
    const places = new Map([
      ...await Promise.all(
        [1, 2].map(async (shard) =>
          [`ingest ${shard}`, await it.place({ ...SHARDED, SHARD_INDEX: `${shard}` })] as const
        ),
      ),
      ["store", await it.place({ ROLES: "store" })] as const,
      ["web 0", await it.place({ ROLES: "web" })] as const,
      ["web 1", await it.place({ ROLES: "web" })] as const,
    ]);
    const apps = new Map([...places].map(([name, place]) => [name, it.startAt(place)]));
    await Promise.all([...apps.values()].map((app) => app.whenReady()));
    it.time.pace = PACE;
    const followers = ["web 0", "web 1"].flatMap((name) => {
      const { url } = apps.get(name) ?? it.app;
      return ["products=*&granularities=*&closed=true", "products=*&granularities=*"].map((query) =>
        new Follower(url, query, { staysMs: null, awayMs: 0 }, new Random(1, `${name} ${query}`))
      );
    });
    await until("every follower's first snapshot", () => followers.every(isFollowing));
    const own = await Promise.all(
      [it.app, apps.get("ingest 1"), apps.get("ingest 2")].map((app) =>
        app?.metric("feed_products")
      ),
    );
    console.log(`  trades of the shards so far: ${own.join(", ")}`);

    for (const [at, node] of it.nats.nodes.entries()) {
      await step(`NATS node ${at}`, async () => {
        await node.end("SIGTERM");
        node.start();
        await node.whenHealthy();
      });
    }
    await step("ingest 0", async () => {
      await it.app.terminate();
      await it.startApp().whenReady();
    });
    for (const [name, place] of places) {
      await step(name, async () => {
        await apps.get(name)?.terminate();
        await it.startAt(place).whenReady();
      });
    }

    await it.recovers({ patienceMs: 90_000, pace: PACE });
    await it.agrees();
    const bus = await openTestBus(it.nats.url);
    try {
      const stream = await closedCandles(bus);
      for (const each of followers) {
        await until(
          `${each.query} has what closed`,
          () => expectedOf(each, stream).length <= each.closed.length,
        );
        assertHasAll(each, stream);
      }
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
  console.log(`  ${name} restarted in ${((performance.now() - startedMs) / 1000).toFixed(1)} s`);
}
