import assert from "node:assert/strict";
import { sampleCandle } from "../../tests/sample_candles.ts";
import { withServers } from "../../tests/servers.ts";
import { decimal } from "../candles/decimal.ts";
import { epochSeconds } from "../candles/granularity.ts";
import { productId } from "../candles/product.ts";
import type { AuditChanges, KeptDisagreement } from "../exchange/disagreement.ts";
import { openReadyStore } from "./test_store.ts";

const BTC = productId("BTC-USD");
const ETH = productId("ETH-USD");
const NONE: AuditChanges = { stretches: [], counts: [], disagreements: [] };
const START = epochSeconds(1_775_560_000 - 1_775_560_000 % 86_400);

function disagreementAt(minute: number, changes: Partial<KeptDisagreement> = {}) {
  return {
    productId: BTC,
    granularity: "ONE_MINUTE",
    start: epochSeconds(START + 60 * minute),
    ours: {
      open: decimal("0.000000000000000001"),
      high: decimal("123456789012345678901234567890.5"),
      low: decimal("1"),
      close: decimal("2"),
      volume: decimal("0.00000001"),
    },
    exchanges: null,
    state: "open",
    foundMs: START * 1000 + minute,
    ...changes,
  } satisfies KeptDisagreement;
}

Deno.test(
  "audits - what is written is read back with every digit, counts add up, stretches move",
  withServers(async ({ database }) => {
    await using store = await openReadyStore(await database());
    const { audits } = store;
    const minutes = { productId: BTC, granularity: "ONE_MINUTE" } as const;
    const fives = { productId: BTC, granularity: "FIVE_MINUTE" } as const;
    const first = { ...minutes, from: START, until: epochSeconds(START + 600) };
    await audits.write(NONE);
    await audits.write({
      stretches: [first, { ...fives, from: START, until: epochSeconds(START + 300) }],
      counts: [{ ...minutes, equal: 9, different: 1 }, {
        productId: ETH,
        granularity: "ONE_DAY",
        equal: 1,
        different: 0,
      }],
      disagreements: [disagreementAt(1), disagreementAt(2), disagreementAt(3)],
    });
    const last = { ...first, until: epochSeconds(START + 1200) };
    await audits.write({
      stretches: [last],
      counts: [{ ...minutes, equal: 5, different: 0 }],
      disagreements: [
        disagreementAt(2, { state: "resolved" }),
        disagreementAt(1, { state: "confirmed", exchanges: disagreementAt(1).ours }),
      ],
    });
    const { stretches, disagreements } = await audits.read(10);
    assert.deepEqual(stretches.filter(({ granularity }) => granularity === "ONE_MINUTE"), [last]);
    assert.deepEqual(disagreements, [
      disagreementAt(1, { state: "confirmed", exchanges: disagreementAt(1).ours }),
      disagreementAt(3),
    ]);
    assert.deepEqual((await audits.read(1)).disagreements, [disagreementAt(3)]);
    // The lesser of the granularities; a product of which only replaced candles were compared has no date.
    assert.deepEqual(await audits.auditedUntil(), new Map([[BTC, START + 300]]));
  }),
);

Deno.test(
  "audits - all candles of a window are read, ascending, and no others",
  withServers(async ({ database }) => {
    await using store = await openReadyStore(await database());
    const candles = [-1, 0, 1, 4, 5].map((minute) =>
      sampleCandle({ start: epochSeconds(START + 60 * minute) })
    );
    await store.candles.upsert(candles);
    const end = epochSeconds(START + 300);
    const read = await store.audits.candles(BTC, "ONE_MINUTE", START, end);
    assert.deepEqual(read, candles.slice(1, 4));
  }),
);
