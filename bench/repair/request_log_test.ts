import assert from "node:assert/strict";
import { startExchangeSimulator } from "../../lib/exchange_simulator/mod.ts";
import { RequestLog } from "./request_log.ts";

const START = Date.UTC(2026, 3, 7, 14, 30, 2);

Deno.test("bench repair - pages are counted by whether they brought something, and by their day", async () => {
  const log = new RequestLog();
  await using simulator = await startExchangeSimulator({
    manual: true,
    products: ["BTC-USD"],
    clock: { startAt: START },
    historyHours: 24,
    onAnswer: (path, text) => log.answer(path, text),
  });
  log.begin(simulator.truth, simulator.products, START / 1000);
  const request = async (path: string) => {
    const response = await fetch(`${simulator.restUrl}/market/products${path}`);
    await response.body?.cancel();
  };
  await request("");
  await request("/BTC-USD/ticker?limit=100");
  await request(`/BTC-USD/ticker?limit=50&end=${START / 1000 + 1}`);
  await request("/BTC-USD/ticker?limit=200");
  await request(`/BTC-USD/ticker?limit=100&end=${START / 1000 - 20 * 3600}`);
  const candles = "/BTC-USD/candles?granularity=ONE_MINUTE";
  await request(`${candles}&start=1&end=2`);
  await request(`${candles}&start=${START / 1000 - 1}&end=${START / 1000}`);
  assert.deepEqual(log.counts, {
    pages: 3,
    ends: 2,
    nothingNew: 1,
    past: 1,
    candles: 1,
    compared: 1,
    others: 1,
  });
});
