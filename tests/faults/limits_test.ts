import { strict as assert } from "node:assert";
import { type Scenario, scenario } from "../harness/scenario.ts";

const BUSY = "BTC-USD";

Deno.test(
  "a burst of thousands of trades is exact where it was heard",
  scenario({}, async (it) => {
    await it.minutes(2, 20);
    it.control({ command: "burst", product: BUSY, trades: 8000, spanMs: 2000 });
    await it.minutes(2, 20);
    it.control({ command: "burst", product: BUSY, trades: 3000, spanMs: 0 });
    await it.minutes(3, 20);
    await it.recovers();
    await it.agrees();
  }),
);

Deno.test(
  "a lost burst that REST can page through is repaired trade by trade",
  scenario({}, async (it) => {
    await it.minutes(2, 20);
    await lose(it, 6000, 20_000);
    await it.minutes(4, 20);
    await it.recovers();
    await it.agrees();
  }),
);

Deno.test(
  "of a lost burst beyond paging only its own buckets come from the exchange's candles",
  scenario({}, async (it) => {
    await it.minutes(2, 20);
    const seconds = await lose(it, 5000, 400);
    await it.minutes(4, 20);
    const { exchangeMade } = await it.recovers({
      excuse: (productId, start, end) =>
        productId === BUSY && start <= seconds && end > seconds - 60,
    });
    assert.ok(exchangeMade > 0);
    await it.agrees({ current: false });
  }),
);

Deno.test(
  "a gap beyond REPAIR_MAX_TRADES comes from the exchange's candles, visible as such",
  scenario({ env: { REPAIR_MAX_TRADES: "300" } }, async (it) => {
    await it.minutes(2, 20);
    const from = it.exchange.now() / 1000;
    it.control({ command: "cut", refuseForMs: 8 * 60_000 });
    await it.minutes(12, 20);
    const to = it.exchange.now() / 1000;
    await it.recovers({ excuse: (_, start, end) => start <= to && end > from - 60 });
    await it.agrees({ current: false });
  }),
);

/** Cuts the connections, trades a burst that nobody hears, and lets them return; answers when, in epoch seconds. */
async function lose(it: Scenario, trades: number, spanMs: number): Promise<number> {
  it.control({ command: "cut", refuseForMs: 60_000 });
  await it.passes(40_000, 20);
  it.control({ command: "burst", product: BUSY, trades, spanMs });
  const seconds = it.exchange.now() / 1000;
  // More than a snapshot shows must follow, so that the burst is behind it.
  it.control({ command: "burst", product: BUSY, trades: 60, spanMs: 5 });
  return seconds;
}
