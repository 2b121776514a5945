import { strict as assert } from "node:assert";
import type { FaultRates } from "../../lib/exchange_simulator/mod.ts";
import { scenario } from "../harness/scenario.ts";

const CASES: readonly (readonly [title: string, rates: Partial<FaultRates>])[] = [
  ["repairs succeed though half of the answers are 429", { rest429: 0.5 }],
  ["repairs succeed though half of the answers are errors", { rest500: 0.3, restHtml: 0.2 }],
  ["repairs succeed though half of the answers break off", { restTruncated: 0.5 }],
  [
    "repairs succeed though answers are slow or never come",
    { restHang: 0.1, restHangMs: 15_000, restSlow: 0.4, restSlowMs: 1500 },
  ],
];

for (const [title, rates] of CASES) {
  Deno.test(
    title,
    scenario({}, async (it) => {
      it.control({ command: "faults", rates: { ...rates, dropFrame: 0.03 } });
      await it.minutes(3, 20);
      it.control({ command: "cut", refuseForMs: 30_000 });
      await it.minutes(4, 20);
      await it.recovers({ timeoutMs: 90_000 });
      await it.agrees();
    }),
  );
}

Deno.test(
  "REST faults - the exchange's limits are kept to however much there is to repair",
  scenario(
    { exchange: { limits: true, products: 12 }, env: { COINBASE_REST_RPS: "8" } },
    async (it) => {
      for (let i = 0; i < 4; i++) {
        it.control({ command: "cut", refuseForMs: 40_000 });
        await it.minutes(2, 20);
      }
      await it.recovers({ timeoutMs: 90_000 });
      await it.agrees();
      assert.ok(it.exchange.stats.restHighestPerSecond <= 10);
      assert.equal(it.exchange.stats.restByStatus[429], undefined, "nothing was refused");
    },
  ),
);
