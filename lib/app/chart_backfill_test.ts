import assert from "node:assert/strict";
import { epochSeconds } from "../candles/granularity.ts";
import { productId } from "../candles/product.ts";
import { withServers } from "../../tests/servers.ts";
import { openStore } from "../store/store.ts";
import { backfillCharts } from "./chart_backfill.ts";

const BEFORE = epochSeconds(Date.UTC(2026, 3, 7, 12) / 1000);

Deno.test(
  "what the exchange did not answer is asked again in a later round, and nothing else",
  withServers(async ({ database }) => {
    await using store = await openStore(await database(), {
      log: { info() {}, warn() {}, error() {} },
    });
    const asked: string[] = [];
    const pauses: number[] = [];
    const priorities = new Set<number | undefined>();
    let told = 0;
    await backfillCharts([productId("BTC-USD")], {
      config: { backfillDays: 1, retentionDays: new Map() },
      store,
      rest: {
        candles(_productId, granularity, start, _end, waiting) {
          asked.push(`${granularity} ${start}`);
          priorities.add(waiting?.priority);
          const fails = granularity === "ONE_HOUR" && pauses.length === 0;
          return fails ? Promise.reject(new Error("busy")) : Promise.resolve([]);
        },
      },
      whenCovered: () => Promise.resolve(BEFORE),
      onHistory: () => told++,
      pause: (ms) => Promise.resolve(void pauses.push(ms)),
      signal: new AbortController().signal,
    });
    const hours = asked.filter((one) => one.startsWith("ONE_HOUR "));
    // A page of each of eight granularities, four more of minutes for the rest of the day, and the hours again.
    assert.equal(asked.length, 8 + 4 + 1);
    assert.equal(hours.length, 2);
    assert.equal(asked.at(-1), hours[0]);
    assert.deepEqual(pauses, [60_000]);
    assert.equal(told, 2);
    assert.deepEqual([...priorities], [-2]);
  }),
);
