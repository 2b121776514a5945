import assert from "node:assert/strict";
import { formatDecimal } from "../candles/decimal.ts";
import { productId } from "../candles/product.ts";
import type { Trade } from "../candles/trade.ts";
import { startExchangeSimulator } from "../exchange_simulator/mod.ts";
import { until, WatchedFeed } from "./test_feed.ts";

const FAULTS = {
  dropFrame: 0.1,
  duplicateFrame: 0.1,
  reorderFrame: 0.1,
  delayFrame: 0.05,
  truncateFrame: 0.05,
  garbageFrame: 0.1,
  splitBatch: 0.2,
  mergeBatch: 0.1,
  shuffleTrades: 0.5,
  cutConnection: 0.02,
  missingSnapshot: 0.3,
  oddHeartbeat: 0.3,
};

function inWords({ price, size, side, timeMs }: Trade): string {
  return [formatDecimal(price), formatDecimal(size), side, new Date(timeMs).toISOString()].join(
    " ",
  );
}

/** Like `inWords`, from the wire's spelling: no trailing zeros, no digits below the millisecond. */
function truthInWords(
  { price, size, side, time }: Record<"price" | "size" | "side" | "time", string>,
) {
  const plain = (text: string) => text.includes(".") ? text.replace(/\.?0+$/, "") : text;
  const [seconds, fraction = ""] = time.slice(0, -1).split(".");
  return [plain(price), plain(size), side, `${seconds}.${fraction.padEnd(3, "0").slice(0, 3)}Z`]
    .join(" ");
}

for (const faults of [{}, FAULTS, { ...FAULTS, corruptTrade: 0.05, wrongTime: 0.05 }]) {
  const names = Object.keys(faults);
  const how = names.length === 0 ? "without faults" : `with ${names.length} kinds of faults`;
  Deno.test(`feed - every trade is the exchange's own, and missing ones are reported as a loss, ${how}`, async () => {
    await using exchange = await startExchangeSimulator({
      products: 12,
      tradesPerSecond: 400,
      batchMs: 50,
      historyHours: 0,
    });
    exchange.control({ command: "faults", rates: { ...faults, delayMs: 100 } });
    await using watched = new WatchedFeed({
      url: exchange.wsUrl,
      products: exchange.products.map(productId),
      productsPerConnection: 4,
      timings: { snapshotMs: 500 },
    });
    await until("many trades", () => new Set(watched.tradeIds).size > 800);
    await watched.feed.close();

    const suspect = new Set<string>();
    const received = new Map<string, Map<number, Trade>>();
    for (const event of watched.events) {
      if (event.kind === "loss") { for (const product of event.products) suspect.add(product); }
      if (event.kind !== "trades") continue;
      for (const trade of event.trades) {
        const trades = received.get(trade.productId) ?? new Map();
        received.set(trade.productId, trades.set(trade.tradeId, trade));
      }
    }
    assert.ok(received.size >= 10);
    const leftOut = watched.dropped;
    const anyDropped = Object.keys(leftOut).some((reason) => reason in TRADE_FAULTS);
    for (const [product, trades] of received) {
      const truth = new Map(
        [...exchange.truth.trades(product)].map((trade) => [Number(trade.tradeId), trade]),
      );
      for (const [id, trade] of trades) {
        const made = truth.get(id);
        assert.ok(made, `${product} ${id} was never made`);
        assert.equal(inWords(trade), truthInWords(made));
      }
      const [first = 0, last = 0] = [Math.min(...trades.keys()), Math.max(...trades.keys())];
      const missing = [...truth.keys()].some((id) => id > first && id < last && !trades.has(id));
      assert.ok(!missing || suspect.has(product) || anyDropped, `${product} misses trades untold`);
    }
    if (names.length === 0) assert.deepEqual([leftOut, suspect.size], [{}, 0]);
    else assert.ok(suspect.size > 0);
  });
}

/** Reasons for which single trades are left out. */
const TRADE_FAULTS = {
  trade_id: 1,
  price: 1,
  size: 1,
  side: 1,
  time: 1,
  time_ahead: 1,
  time_behind: 1,
};
