import { scenario } from "../harness/scenario.ts";

const BUSY = "BTC-USD";

Deno.test(
  "limits - a burst of thousands of trades that is received is exact",
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
  "limits - a lost burst that REST can page through is repaired trade by trade",
  scenario({}, async (it) => {
    await it.minutes(2, 20);
    it.control({ command: "cut", refuseForMs: 60_000 });
    for (let i = 0; i < 12; i++) {
      await it.passes(3000, 20);
      it.control({ command: "burst", product: BUSY, trades: 600, spanMs: 900 });
    }
    await it.minutes(4, 20);
    await it.recovers();
    await it.agrees();
  }),
);

Deno.test(
  "limits - of a lost burst beyond paging only its own buckets come from the exchange's candles",
  scenario({}, async (it) => {
    await it.minutes(2, 20);
    it.control({ command: "cut", refuseForMs: 60_000 });
    await it.passes(40_000, 20);
    it.control({ command: "burst", product: BUSY, trades: 5000, spanMs: 0 });
    const seconds = it.exchange.now() / 1000;
    await it.minutes(4, 20);
    // The trades right before it are lost with it: paging back stops at its second.
    await it.recovers({
      excuse: (productId, start, end) =>
        productId === BUSY && start <= seconds && end > seconds - 60,
    });
    await it.agrees({ current: false });
  }),
);

Deno.test(
  "limits - a gap beyond REPAIR_MAX_TRADES comes from the exchange's candles, visible as such",
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
