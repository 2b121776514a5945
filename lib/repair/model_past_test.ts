import assert from "node:assert/strict";
import { GRANULARITY_SECONDS } from "../candles/granularity.ts";
import { ModelExchange } from "./test_model_exchange.ts";

/** Kills the ingester, and starts the next one when all that it published has long been stored. */
async function restartAfter(model: ModelExchange, awayMs: number): Promise<void> {
  await model.kill();
  model.archive.store();
  model.clock.work(awayMs);
  await model.start();
}

Deno.test("stored days - an absence of five hours over midnight leaves every candle of both days exact", async () => {
  const startMs = Date.UTC(2026, 3, 7, 21, 58, 10);
  const awayMs = 5 * 3_600_000;
  const tradingMs = awayMs + 600_000;
  using model = new ModelExchange({ seed: 6, startMs, tradingMs, perMinute: [10, 0.5] });
  await model.start();
  await model.pass(200_000);
  await restartAfter(model, awayMs);
  await model.pass(900_000);
  assert.deepEqual(model.faults(), []);
  assert.equal(model.ingester.ingest.state.daysWaiting, 0);
  await model.kill();
});

Deno.test("stored days - a gap that reaches into the minutes in memory is closed by those alone", async () => {
  const startMs = Date.UTC(2026, 3, 7, 11, 40, 10);
  const awayMs = 75 * 60_000;
  const tradingMs = 600_000 + awayMs + 300_000;
  using model = new ModelExchange({ seed: 11, startMs, tradingMs, perMinute: [10] });
  await model.start();
  await model.pass(600_000);
  await model.kill();
  model.clock.work(awayMs);
  // Repair of live candles fails for so long that memory has released the hour in which the gap begins.
  model.archive.databaseDown = true;
  model.source.faults.fails = () => true;
  await model.start();
  await model.pass(130_000);
  model.calm();
  model.archive.store();
  await model.pass(900_000);
  assert.deepEqual(model.faults(), []);
  await model.kill();
});

Deno.test("stored days - three days away leave every candle exact", async () => {
  const awayMs = 3 * 86_400_000;
  const tradingMs = awayMs + 600_000;
  using model = new ModelExchange({ seed: 18, tradingMs, perMinute: [2, 0.3] });
  await model.start();
  await model.pass(200_000);
  await restartAfter(model, awayMs);
  await model.pass(900_000);
  assert.deepEqual(model.faults(), []);
  await model.kill();
});

Deno.test("past - the days before a first start become exact down to the horizon, ONE_DAY of that day too, and only what was published is revised", async () => {
  const startMs = Date.UTC(2026, 3, 7, 15, 20, 10);
  const beforeMs = 50 * 3_600_000;
  const tradingMs = 10 * 3_600_000;
  using model = new ModelExchange({
    seed: 12,
    startMs,
    beforeMs,
    tradingMs,
    perMinute: [3, 0.2],
    exactDays: 1,
  });
  await model.start();
  await model.pass(200_000);
  await model.kill();
  await model.start();
  await model.pass(3_600_000);
  const day = Date.UTC(2026, 3, 6) / 1000;
  assert.deepEqual(model.pastFaults(day), []);
  assert.equal(model.ingester.ingest.state.past.daysLeft, 0);
  const early = model.archive.log.filter(({ start, granularity }) =>
    start + GRANULARITY_SECONDS[granularity] <= Date.UTC(2026, 3, 7) / 1000
  );
  assert.deepEqual(early, [], "what was never published is not published later");
  // The day's end comes, and its candle is exact when it closes.
  await model.pass(8 * 3_600_000 - 220_000);
  const today = Date.UTC(2026, 3, 7) / 1000;
  for (const product of model.market.products) {
    assert.equal(model.archive.newest(product, "ONE_DAY", today)?.exact, true, product);
  }
  assert.deepEqual(model.faults(), []);
  await model.kill();
});

Deno.test("past - the page that begins a product's live candles proves its past as far as it reaches, and no candles are requested", async () => {
  const startMs = Date.UTC(2026, 3, 7, 3, 57, 10);
  using model = new ModelExchange({
    seed: 22,
    startMs,
    beforeMs: 29 * 3_600_000,
    tradingMs: 600_000,
    perMinute: [0.26, 0.27],
    leftOut: 0,
    exactDays: 1,
  });
  await model.start();
  await model.pass(240_000);
  assert.equal(model.ingester.ingest.state.past.daysLeft, 0);
  assert.deepEqual(model.pastFaults(Date.UTC(2026, 3, 6) / 1000), []);
  for (const product of model.market.products) {
    assert.equal(model.requestsOf(product, "trades"), 1, product);
    assert.equal(model.requestsOf(product, "candles"), 0, product);
  }
  await model.pass(500_000);
  assert.deepEqual(model.faults(), []);
  await model.kill();
});

Deno.test("past - three days away are walked from trades, and an exchange that shows none as old is not requested endlessly", async () => {
  const startMs = Date.UTC(2026, 3, 7, 15, 20, 10);
  const awayMs = 72 * 3_600_000;
  using model = new ModelExchange({
    seed: 13,
    startMs,
    tradingMs: awayMs + 1_200_000,
    perMinute: [0.4],
    exactDays: 7,
  });
  await model.start();
  await model.pass(200_000);
  await restartAfter(model, awayMs);
  await model.pass(900_000);
  assert.deepEqual(model.faults(), []);
  const { past, daysWaiting } = model.ingester.ingest.state;
  assert.deepEqual([daysWaiting, past.products, past.hidden], [0, 1, 1]);
  assert.ok(past.daysLeft > 3);
  const calmMs = model.nowMs;
  await model.pass(3_600_000);
  assert.ok(model.requestsSince(calmMs) < 15, `${model.requestsSince(calmMs)} requests`);
  await restartAfter(model, 1_000);
  const restartMs = model.nowMs;
  await model.pass(300_000);
  assert.equal(
    model.requestsSince(restartMs),
    0,
    "hidden trades are not requested again immediately",
  );
  assert.equal(model.ingester.ingest.state.past.hidden, 1);
  await model.pass(3 * 3_600_000);
  assert.ok(model.requestsSince(restartMs) > 0, "but later");
  await model.kill();
});

Deno.test("past - the day of a first start is walked without a pause, each page bringing trades, before any end is proven", async () => {
  const startMs = Date.UTC(2026, 3, 7, 15, 20, 57);
  using model = new ModelExchange({
    seed: 25,
    startMs,
    beforeMs: 40 * 3_600_000,
    tradingMs: 600_000,
    // Six pages, five, one, and less than the feed's snapshot.
    perMinute: [6, 4.5, 1, 0.03],
    leftOut: 0,
    exactDays: 1,
  });
  const { archive, source, market } = model;
  await model.start();
  await model.pass(12_000);
  const today = Date.UTC(2026, 3, 7) / 1000;
  for (const product of market.products) {
    const proven = archive.provenFrom.get(product)?.from ?? Infinity;
    assert.ok(proven <= today, `${product}: proven from ${new Date(proven * 1000).toISOString()}`);
  }
  await model.pass(690_000);
  const vain = source.requests.filter(({ kind, fresh }) => kind === "trades" && fresh === 0);
  assert.deepEqual(vain, []);
  assert.equal(model.ingester.ingest.state.past.daysLeft, 0);
  assert.deepEqual(model.faults(), []);
  await model.kill();
});
