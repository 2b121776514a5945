/**
 * Half an hour of 500 products whose connections are all cut every minute: `deno test -A tests/long/soak.ts`, with
 * `SOAK_MINUTES` for another length. Prints the app's memory minute by minute and compares every candle at the end.
 */
import { strict as assert } from "node:assert";
import { scenario } from "../harness/scenario.ts";
import { pause } from "../harness/wait.ts";

const MINUTES = Number(Deno.env.get("SOAK_MINUTES") ?? 30);
const MEGABYTE = 2 ** 20;
const PRODUCTS = 500;
/** What a minute in memory takes, at most; they are kept until their hour is over. */
const MINUTE_MEGABYTES = 1024 / MEGABYTE;
/** Connections that are cut each minute make the first start last this long; what counts is what comes after. */
const WARM_UP_MINUTES = Math.min(15, MINUTES / 2);
/** What a collection leaves differs by this part. */
const NOISE = 0.1;

Deno.test(
  `soak - over ${MINUTES} minutes with every connection cut each minute, memory stays flat and all candles are right`,
  scenario({
    exchange: { products: PRODUCTS, tradesPerSecond: 2000, historyHours: 1, batchMs: 250 },
    env: { COINBASE_REST_RPS: "8" },
  }, async (it) => {
    it.time.speed = 1;
    const heap: number[] = [];
    for (let minute = 1; minute <= MINUTES; minute++) {
      // What a collection leaves is the lowest point.
      let lowest = Infinity;
      for (const end = performance.now() + 60_000; performance.now() < end; await pause(2000)) {
        lowest = Math.min(lowest, await it.app.metric("heap_used_bytes") / MEGABYTE);
      }
      heap.push(lowest);
      const [open, repaired] = await Promise.all(
        ["gaps_open", "gaps_repaired_total"].map((name) => it.app.metric(name)),
      );
      console.log(
        `  minute ${minute}: ${await it.app.residentMegabytes()} MB resident, ${
          lowest.toFixed(0)
        } MB heap; gaps ${open} open, ${repaired} repaired`,
      );
      it.control({ command: "cut" });
    }
    await it.recovers({ timeoutMs: 600_000, speed: 1 });
    const steady = heap.slice(WARM_UP_MINUTES);
    const half = Math.floor(steady.length / 2);
    const [before, after] = [Math.min(...steady.slice(0, half)), Math.min(...steady.slice(half))];
    console.log(
      `  lowest heap: ${before.toFixed(0)} MB in the first half, ${
        after.toFixed(0)
      } MB in the second`,
    );
    const allowed = half * PRODUCTS * MINUTE_MEGABYTES + before * NOISE;
    assert.ok(after < before + allowed, `memory grows by more than ${allowed.toFixed(0)} MB`);
  }),
);
