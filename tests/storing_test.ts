import assert from "node:assert/strict";
import { openBus } from "../lib/bus/bus.ts";
import { epochSeconds } from "../lib/candles/granularity.ts";
import { productId } from "../lib/candles/product.ts";
import { openStore } from "../lib/store/store.ts";
import { runWriter } from "../lib/store/writer.ts";
import { sampleCandle } from "./sample_candles.ts";
import { withNats } from "./servers.ts";

const SILENT = { info() {}, warn() {}, error() {} };
const FIRST = 1_704_567_600;

Deno.test(
  "storing - every closed candle reaches the database though NATS and PostgreSQL are killed in between",
  withNats(async ({ nats, postgres }) => {
    const [natsServer, postgresServer] = await Promise.all([nats(), postgres()]);
    await using store = await openStore(postgresServer.url, { log: SILENT });
    await store.ready();
    await using bus = await openBus({ servers: [natsServer.url], replicas: 1, log: SILENT });
    const stop = new AbortController();
    const writing = runWriter({
      batches: bus.consumeClosed({ maxBatch: 1_000, maxWaitMs: 50, signal: stop.signal }),
      candles: store.candles,
      deadLetters: store.deadLetters,
      log: SILENT,
      signal: stop.signal,
    });
    const refuse = () => assert.fail("nothing overflows or conflicts");
    const publisher = bus.closedPublisher({ onOverflow: refuse, onConflict: refuse });
    const total = 20_000;
    for (let i = 0; i < total; i++) {
      publisher.enqueue(sampleCandle({ start: epochSeconds(FIRST + i * 60) }));
    }
    for (const server of [postgresServer, natsServer, postgresServer]) {
      await new Promise((resolve) => setTimeout(resolve, 250));
      await server.kill();
      await server.restart();
    }
    await publisher.idle();
    const stored = async () =>
      (await store.candles.page({
        productId: productId("BTC-USD"),
        granularity: "ONE_MINUTE",
        limit: total + 1,
      }).catch(() => [])).length;
    // What was in transit when NATS died is delivered again half a minute later.
    for (let i = 0; i < 900 && await stored() < total; i++) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    assert.equal(await stored(), total);
    stop.abort();
    await writing;
  }),
);
