/**
 * Half an hour of 500 products whose connections are all cut every minute: `deno test -A tests/long/soak.ts`, with
 * `SOAK_MINUTES` for another length. Prints the app's memory minute by minute and compares every candle at the end.
 */
import { strict as assert } from "node:assert";
import { scenario } from "../harness/scenario.ts";
import { pause } from "../harness/wait.ts";

const MINUTES = Number(Deno.env.get("SOAK_MINUTES") ?? 30);
const MEGABYTE = 2 ** 20;
/** The first minutes seed 500 products and fill caches; what counts is what comes after. */
const WARM_UP_MINUTES = 5;

Deno.test(
  `soak - over ${MINUTES} minutes with every connection cut each minute, memory stays flat and all candles are right`,
  scenario({
    exchange: { products: 500, tradesPerSecond: 2000, historyHours: 1, batchMs: 250 },
    env: { COINBASE_REST_RPS: "8" },
  }, async (it) => {
    it.time.speed = 1;
    const heap: number[] = [];
    for (let minute = 1; minute <= MINUTES; minute++) {
      await pause(60_000);
      const names = ["heap_used_bytes", "gaps_open", "gaps_repaired_total"];
      const [used = 0, open, repaired] = await Promise.all(
        names.map((name) => it.app.metric(name)),
      );
      heap.push(used / MEGABYTE);
      console.log(
        `  minute ${minute}: ${await it.app.residentMegabytes()} MB resident, ${
          (used / MEGABYTE).toFixed(0)
        } MB heap; gaps ${open} open, ${repaired} repaired`,
      );
      it.control({ command: "cut" });
    }
    await it.recovers({ timeoutMs: 600_000, speed: 1 });
    const steady = heap.slice(WARM_UP_MINUTES);
    const half = Math.floor(steady.length / 2);
    // What a collection leaves is the lowest point; it must not rise from one half to the next.
    const [before, after] = [Math.min(...steady.slice(0, half)), Math.min(...steady.slice(half))];
    console.log(
      `  lowest heap: ${before.toFixed(0)} MB in the first half, ${
        after.toFixed(0)
      } MB in the second`,
    );
    assert.ok(after < before * 1.25, "memory grows");
  }),
);
