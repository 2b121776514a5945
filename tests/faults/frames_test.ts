import { strict as assert } from "node:assert";
import type { FaultRates } from "../../lib/exchange_simulator/mod.ts";
import { CORRUPTIONS, GARBAGE } from "../../lib/exchange_simulator/mod.ts";
import { scenario } from "../harness/scenario.ts";
import { pause } from "../harness/wait.ts";

const CASES: readonly (readonly [title: string, rates: Partial<FaultRates>])[] = [
  ["lost frames are noticed and their trades fetched", { dropFrame: 0.08 }],
  [
    "repeated, reordered and delayed frames change nothing",
    { duplicateFrame: 0.2, reorderFrame: 0.2, delayFrame: 0.1, delayMs: 40_000 },
  ],
  [
    "batches split, merged and shuffled change nothing",
    { splitBatch: 0.3, mergeBatch: 0.3, shuffleTrades: 0.5, oddHeartbeat: 0.5 },
  ],
  [
    "truncated frames and garbage between them are dropped, not accepted",
    { truncateFrame: 0.05, garbageFrame: 0.2 },
  ],
  ["trades of products that are not subscribed change nothing", { unsubscribedTrade: 0.4 }],
  ["trades with a broken field are fetched over REST instead", { corruptTrade: 0.03 }],
  ["trades with a time far off are fetched over REST instead", { wrongTime: 0.03 }],
  ["ids that never existed are proven so", { skipTradeId: 0.02 }],
];

for (const [title, rates] of CASES) {
  Deno.test(
    title,
    scenario({}, async (it) => {
      it.control({ command: "faults", rates });
      await it.minutes(6, 20);
      const { faults } = it.exchange.stats;
      await it.recovers();
      await it.agrees();
      for (const name of Object.keys(rates)) {
        if (name !== "delayMs") assert.ok((faults[name] ?? 0) > 0, `${name} happened`);
      }
    }),
  );
}

Deno.test(
  "feed faults - every kind of garbage, a huge frame among it, and every kind of broken trade are survived",
  scenario({}, async (it) => {
    it.time.speed = 20;
    for (const kind of Object.keys(GARBAGE)) {
      it.control({ command: "garbage", kind });
      await pause(100);
    }
    for (const kind of Object.keys(CORRUPTIONS)) {
      it.control({ command: "corrupt", count: 3, kind });
      await pause(250);
    }
    await it.minutes(3, 20);
    await it.recovers();
    await it.agrees();
    assert.ok(await it.app.metric("dropped_total") > 0, "what was dropped is counted");
  }),
);
