import assert from "node:assert/strict";
import { openBus } from "../lib/bus/bus.ts";
import { epochSeconds } from "../lib/candles/granularity.ts";
import { readConfig } from "../lib/config.ts";
import { logger } from "../lib/log.ts";
import { Shutdown } from "../lib/app/shutdown.ts";
import { SpotCanvas } from "../lib/app/spot_canvas.ts";
import { openStore } from "../lib/store/store.ts";
import { publishClosed } from "./publish_closed.ts";
import { sampleCandle } from "./sample_candles.ts";
import { withServers } from "./servers.ts";
import { until, within } from "./harness/wait.ts";

const SILENT = { info() {}, warn() {}, error() {} };
const FIRST = 1_704_585_600;
/** More than twice what the hub has in memory at most. */
const PUBLISHED = 8_600;
const STORED = 100;

Deno.test(
  "lagging database - a process that only serves has whole pages, though thousands of candles are not stored",
  withServers(async ({ database, nats }) => {
    const env = { DATABASE_URL: await database(), NATS_URL: (await nats()).url, ROLES: "web" };
    const minutes = Array.from(
      { length: PUBLISHED },
      (_, index) => sampleCandle({ start: epochSeconds(FIRST + 60 * index) }),
    );
    const { productId, granularity } = sampleCandle();
    {
      await using bus = await openBus({ servers: [env.NATS_URL], replicas: 1, log: SILENT });
      await using store = await openStore(env.DATABASE_URL, { log: SILENT });
      await store.ready();
      const sequences = await publishClosed(bus, ...minutes);
      await store.candles.upsert(minutes.slice(0, STORED));
      const { stream } = await bus.storeFloor();
      await store.mark.set(stream, sequences[STORED - 1] ?? 0);
    }
    const shutdown = new Shutdown(logger("stop"));
    const app = new SpotCanvas(readConfig(env), shutdown);
    try {
      await within("the start", app.start());
      await until("the hub", () => app.history.position() !== null);
      await until("the store", () => app.status().store.state === "up");
      const starts = minutes.map(({ start }) => start);
      const query = { productId, granularity, limit: PUBLISHED };
      const newest = await app.archive.newest(query);
      assert.deepEqual(newest.map(({ start }) => start), starts);
      const oldest = await app.archive.oldest(query);
      assert.deepEqual(oldest.map(({ start }) => start), starts);
      const multiple = { of: granularity, parts: 2, seconds: 120, name: "TWO_MINUTE" };
      const most = { parts: PUBLISHED, buckets: PUBLISHED };
      const stretches = await app.archive.stretches({ productId, multiple, ...most });
      const trades = stretches.reduce((sum, { values }) => sum + (values.trades ?? 0), 0);
      assert.equal(trades, PUBLISHED * (sampleCandle().trades ?? 0));
    } finally {
      await shutdown.run();
    }
  }),
);
