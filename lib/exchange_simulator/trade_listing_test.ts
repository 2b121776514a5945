import assert from "node:assert/strict";
import { type ExchangeSimulator, startExchangeSimulator } from "./mod.ts";

const START = Date.UTC(2026, 3, 7, 14, 30, 2);
const START_SECONDS = START / 1000;
const options = {
  manual: true,
  products: 6,
  clock: { startAt: START },
  historyHours: 48,
  tradesPerSecond: 20,
};

interface ListedTrade {
  readonly trade_id: string;
  readonly price: string;
  readonly size: string;
  readonly time: string;
}

async function list(simulator: ExchangeSimulator, id: string, query = ""): Promise<ListedTrade[]> {
  const response = await fetch(`${simulator.restUrl}/market/products/${id}/ticker?${query}`, {
    headers: { "cache-control": "no-cache" },
  });
  assert.equal(response.status, 200);
  return (await response.json()).trades;
}

/**
 * All trades from `from` on, page by page backwards as a client does, in windows of whole seconds
 * whose trades overlap.
 */
async function walk(simulator: ExchangeSimulator, id: string, from: number) {
  const byId = new Map<number, ListedTrade>();
  let pages = 0;
  for (let end: number | null = null; end === null || end > from;) {
    const page: ListedTrade[] = await list(
      simulator,
      id,
      `limit=1000${end === null ? "" : `&end=${end}`}`,
    );
    pages++;
    const oldest = page.at(-1);
    assert.ok(oldest, "trades end before they should");
    for (const trade of page) byId.set(Number(trade.trade_id), trade);
    end = Math.ceil(Date.parse(oldest.time) / 1000);
  }
  const trades = [...byId].toSorted(([a], [b]) => a - b).map(([, trade]) => trade);
  return { trades: trades.filter(({ time }) => Date.parse(time) >= from * 1000), pages };
}

Deno.test("simulated listing - trades walked backwards over a day are those of the candles", async () => {
  await using simulator = await startExchangeSimulator(options);
  simulator.advance(90_000);
  const from = Math.floor(START_SECONDS / 3600) * 3600 - 16 * 3600;
  for (const id of ["SOL-USD", "ADA-USD"]) {
    const { trades, pages } = await walk(simulator, id, from);
    const ids = trades.map(({ trade_id }) => Number(trade_id));
    assert.ok(ids.every((tradeId, i) => i === 0 || tradeId === (ids[i - 1] ?? 0) + 1), "a hole");
    assert.ok(pages <= trades.length / 970 + 2, `${pages} pages for ${trades.length} trades`);
    for (const [name, seconds] of [["ONE_MINUTE", 60], ["ONE_HOUR", 3600]] as const) {
      const listed: Record<string, string>[] = [];
      for (let start = from; start <= START_SECONDS + 90; start += 300 * seconds) {
        const url = `${simulator.restUrl}/market/products/${id}/candles?granularity=${name}` +
          `&start=${start}&end=${start + 300 * seconds - 1}`;
        listed.push(...(await (await fetch(url)).json()).candles.reverse());
      }
      assert.deepEqual(
        listed.map(({ start, open, high, low, close, volume }) => ({
          start: Number(start),
          prices: [open, high, low, close],
          volume: units(volume),
        })),
        merge(trades, seconds),
      );
    }
  }
});

/** A decimal in its smallest units: all of a product's have as many places. */
function units(decimal = ""): bigint {
  return BigInt(decimal.replace(".", ""));
}

/** The candles that trades merge to. */
function merge(trades: readonly ListedTrade[], seconds: number) {
  const buckets = Map.groupBy(
    trades,
    ({ time }) => Math.floor(Date.parse(time) / 1000 / seconds) * seconds,
  );
  return [...buckets].map(([start, its]) => {
    const byPrice = its.toSorted((a, b) => Number(a.price) - Number(b.price));
    return {
      start,
      prices: [its[0], byPrice.at(-1), byPrice[0], its.at(-1)].map((trade) => trade?.price),
      volume: its.reduce((sum, { size }) => sum + units(size), 0n),
    };
  });
}

Deno.test("simulated listing - the end is a moment, the start a second, the newest come first", async () => {
  await using simulator = await startExchangeSimulator(options);
  const end = START_SECONDS - 86_400;
  const page = await list(simulator, "BTC-USD", `limit=1000&start=${end - 600}&end=${end}`);
  const expected = [...simulator.truth.trades("BTC-USD", { from: end - 600, to: end })].reverse();
  assert.ok(expected.length > 1000);
  assert.deepEqual(
    page.map(({ trade_id }) => trade_id),
    expected.slice(0, 1000).map(({ tradeId }) => tradeId),
  );
  const short = await list(simulator, "BTC-USD", `limit=1000&start=${end - 9}&end=${end}`);
  assert.deepEqual(
    short.map(({ trade_id }) => trade_id),
    expected.filter(({ time }) => Date.parse(time) >= (end - 9) * 1000)
      .map(({ tradeId }) => tradeId),
  );
});

Deno.test("simulated listing - hidden trades are left out until they are shown again", async () => {
  await using simulator = await startExchangeSimulator(options);
  const before = await list(simulator, "BTC-USD", "limit=50");
  const [fromId, toId] = [Number(before[20]?.trade_id), Number(before[11]?.trade_id)];
  simulator.control({ command: "hideTrades", product: "BTC-USD", fromId, toId });
  const ids = (trades: ListedTrade[]) => trades.map(({ trade_id }) => Number(trade_id));
  assert.deepEqual(
    ids(await list(simulator, "BTC-USD", "limit=40")),
    ids(before).filter((id) => id < fromId || id > toId),
  );
  assert.equal((await list(simulator, "ETH-USD", "limit=40")).length, 40);
  const truth = [...simulator.truth.trades("BTC-USD", { from: START_SECONDS - 60 })];
  assert.ok(truth.some(({ tradeId }) => Number(tradeId) === fromId));
  simulator.control({ command: "showTrades" });
  assert.deepEqual(await list(simulator, "BTC-USD", "limit=50"), before);
});

Deno.test("simulated listing - pages get shorter on command", async () => {
  await using simulator = await startExchangeSimulator(options);
  assert.equal((await list(simulator, "BTC-USD", "limit=5000")).length, 1000);
  simulator.control({ command: "pageLimit", trades: 300 });
  assert.equal((await list(simulator, "BTC-USD", "limit=1000")).length, 300);
  assert.equal((await list(simulator, "BTC-USD", "limit=20")).length, 20);
  assert.throws(() => simulator.control({ command: "pageLimit", trades: 0 }), RangeError);
});

Deno.test("simulated listing - with a lag it knows nothing of the last seconds", async () => {
  await using simulator = await startExchangeSimulator(options);
  simulator.advance(20_000);
  simulator.control({ command: "listingLag", ms: 5000 });
  const [newest] = await list(simulator, "BTC-USD", "limit=1");
  const behindMs = START + 20_000 - Date.parse(newest?.time ?? "");
  assert.ok(behindMs >= 5000 && behindMs < 10_000, `${behindMs} ms behind`);
  const span = await list(simulator, "BTC-USD", `start=${START_SECONDS + 16}`);
  assert.deepEqual(span, []);
  assert.throws(() => simulator.control({ command: "listingLag", ms: -1 }), RangeError);
});

Deno.test("simulated listing - a fault can last for a while instead of a number of requests", async () => {
  await using simulator = await startExchangeSimulator(options);
  const url = `${simulator.restUrl}/market/products/BTC-USD/ticker?limit=1`;
  const status = async () => {
    const response = await fetch(url);
    await response.body?.cancel();
    return response.status;
  };
  simulator.control({ command: "rest", fault: "rest429", forMs: 60_000 });
  for (let i = 0; i < 5; i++) assert.equal(await status(), 429);
  simulator.advance(61_000);
  assert.equal(await status(), 200);
});

Deno.test("simulated listing - a second of the past can hold more than a page", async () => {
  await using simulator = await startExchangeSimulator(options);
  const at = START_SECONDS - 7200;
  simulator.control({ command: "burst", product: "BTC-USD", trades: 5000, at });
  simulator.control({ command: "skipIds", product: "BTC-USD", count: 3, at: at - 60 });
  const page = await list(simulator, "BTC-USD", `limit=1000&start=${at}&end=${at + 1}`);
  assert.equal(page.length, 1000);
  assert.ok(page.every(({ time }) => Date.parse(time) >= at * 1000));
  const trades = [...simulator.truth.trades("BTC-USD", { from: at - 120, to: at + 1 })];
  const first = Number(trades[0]?.tradeId);
  assert.equal(Number(trades.at(-1)?.tradeId) - first, trades.length - 1 + 3);
});

Deno.test("simulated listing - each request and its answer are reported", async () => {
  const reported: string[][] = [];
  await using simulator = await startExchangeSimulator({
    ...options,
    onAnswer: (path, text) => reported.push([path, text]),
  });
  const trades = await list(simulator, "BTC-USD", "limit=3");
  const [[path, text] = []] = reported;
  assert.equal(path, "/market/products/BTC-USD/ticker?limit=3");
  assert.deepEqual(JSON.parse(text ?? "").trades, trades);
});
