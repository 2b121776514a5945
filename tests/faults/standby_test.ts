import { strict as assert } from "node:assert";
import { decodeCandle } from "../../lib/candles/wire.ts";
import { Random } from "../../lib/exchange_simulator/random.ts";
import { openTestBus } from "../harness/bus_comparison.ts";
import { Follower } from "../harness/follower.ts";
import { type Scenario, scenario } from "../harness/scenario.ts";
import { pause, until } from "../harness/wait.ts";

/** Exchange time per real time. */
const SPEED = 10;
const EVERYTHING = "products=*&granularities=*";

Deno.test(
  "standby - a standby takes over within 15 s when the ingester is killed, and immediately when it is stopped",
  scenario({}, async (it) => {
    const place = await it.place();
    const standby = it.startAt(place);
    await standby.whenReady({ feed: "standby" });
    assert.equal(await standby.metric("trades_received_total"), 0);
    await it.minutes(2);
    it.time.speed = SPEED;
    const follower = follow(standby.url);
    await until("the follower's first snapshot", () => follower.begunAt !== null);
    await it.app.kill();
    console.log(`  killed: the other publishes after ${await takeover(standby)} ms`);
    const first = it.startApp();
    await first.whenReady({ feed: "standby" });
    await standby.terminate();
    console.log(`  stopped: the other publishes after ${await takeover(first)} ms`);
    it.startAt(place);
    await it.minutes(3);
    await it.recovers();
    await it.agrees();
    await follower.leave();
    assert.deepEqual(follower.faults, []);
  }),
);

Deno.test(
  "standby - an ingester that was stopped for 20 s and resumes has lost its shard, and publishes nothing more",
  scenario({}, async (it) => {
    const standby = it.startAt(await it.place());
    await standby.whenReady({ feed: "standby" });
    await it.minutes(2);
    it.time.speed = SPEED;
    const follower = follow(standby.url);
    await until("the follower's first snapshot", () => follower.begunAt !== null);
    it.app.freeze();
    console.log(`  frozen: the other publishes after ${await takeover(standby)} ms`);
    await pause(20_000);
    const stale = await hearStale(it);
    it.app.wake();
    await it.app.whenReady({ feed: "standby" });
    assert.equal(await it.app.metric("ingest_lease_losses_total"), 1);
    assert.equal(await it.app.metric("ingest_lease_held"), 0);
    assert.equal(await standby.metric("ingest_lease_held"), 1);
    await it.minutes(3);
    assert.deepEqual(await stale.end(), []);
    await it.recovers();
    await it.agrees();
    await follower.leave();
    assert.deepEqual(follower.faults, []);
  }),
);

function follow(url: string): Follower {
  return new Follower(url, EVERYTHING, { staysMs: null, awayMs: 0 }, new Random(1, "standby"));
}

/** Waits until an app publishes; how long that took. */
async function takeover(app: Scenario["app"]): Promise<string> {
  const startedMs = performance.now();
  const live = async () =>
    await app.metric("ingest_lease_held") === 1 &&
    await app.metric("live_updates_total") > 0;
  await until("the other's candles", live, { timeoutMs: 15_000 });
  return (performance.now() - startedMs).toFixed(0);
}

/**
 * Live minutes that ended long before they were published: only an ingester that was stopped in
 * between publishes such candles.
 */
async function hearStale(it: Scenario) {
  const bus = await openTestBus(it.nats.url);
  const stale: string[] = [];
  const decoder = new TextDecoder();
  const subscription = bus.subscribe({
    deliver: (messages) => {
      for (const { key, bytes, sequence } of messages) {
        const candle = decodeCandle(decoder.decode(bytes));
        const overForMs = it.exchange.now() - ((candle?.start ?? 0) + 60) * 1000;
        if (sequence === null && key.endsWith(".ONE_MINUTE") && overForMs > 60_000) {
          stale.push(`${key} ${candle?.start}`);
        }
      }
    },
  });
  return {
    async end() {
      subscription.close();
      await bus.close();
      return stale;
    },
  };
}
