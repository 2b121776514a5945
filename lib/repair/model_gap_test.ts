import assert from "node:assert/strict";
import { minuteOf, ModelExchange } from "./test_model_exchange.ts";

Deno.test("gap repair - trades that are not listed for a while are fetched once they are, and their candles revised", async () => {
  using model = new ModelExchange({ seed: 4, tradingMs: 600_000, perMinute: [100] });
  const { faults } = model.source;
  await model.start();
  await model.pass(70_000);
  await model.disconnect(45_000);
  faults.listedFromMs = Infinity;
  await model.pass(180_000);
  assert.ok(model.ingester.ingest.state.gapsOpen > 0);
  assert.notDeepEqual(model.faults(model.nowMs - 240_000), [], "not all is exact without them");
  faults.listedFromMs = 0;
  await model.pass(600_000);
  assert.equal(model.ingester.ingest.state.gapsOpen, 0);
  assert.deepEqual(model.faults(), []);
  assert.equal(model.archive.openGaps.size, 0, "the database knows of no gap");
  await model.kill();
});

Deno.test("gap repair - of a gap across the edge of memory, closed at last by the feed's snapshot, the minute before becomes exact", async () => {
  const startMs = Date.UTC(2026, 3, 7, 12, 40, 10);
  const tradingMs = 100 * 60_000;
  const options = { seed: 31, startMs, beforeMs: 3_600_000, tradingMs };
  using model = new ModelExchange({ ...options, perMinute: [0.4], leftOut: 0 });
  await model.start();
  model.source.faults.fails = () => true;
  await model.pass(20 * 60_000);
  model.feed.lost = 1;
  await model.pass(5 * 60_000);
  model.feed.lost = 0;
  // Until memory has released the hour in which the gap begins.
  await model.pass(3_600_000);
  assert.equal(model.ingester.ingest.state.gapsOpen, 1);
  await model.disconnect(1_000);
  await model.pass(5_000);
  assert.equal(model.ingester.ingest.state.gapsOpen, 0);
  model.calm();
  await model.pass(1_200_000);
  assert.deepEqual(model.faults(), []);
  assert.equal(model.ingester.ingest.state.daysWaiting, 0);
  await model.kill();
});

Deno.test("gap repair - more gaps than memory remembers become exact once there are pages, and are open in the database until then", async () => {
  const startMs = Date.UTC(2026, 3, 7, 12, 10, 10);
  const tradingMs = 9_000_000;
  using model = new ModelExchange({ seed: 32, startMs, tradingMs, perMinute: [40], leftOut: 0.3 });
  await model.start();
  await model.pass(60_000);
  model.source.faults.fails = () => true;
  const missing = model.market.between(model.product(0), model.nowMs, startMs + 4_500_000);
  await model.pass(4_500_000);
  const open = model.archive.openGaps.size;
  assert.ok(missing.length > 2_000 && open > 1_000, `${open} gaps among ${missing.length} trades`);
  model.calm();
  await model.pass(9_000_000);
  assert.deepEqual(model.faults(), []);
  assert.deepEqual([...model.archive.openGaps.values()], []);
  await model.kill();
});

Deno.test("gap repair - a second with more trades than a page holds gets the exchange's candle, and costs its neighbours nothing", async () => {
  const burst = { afterMs: 95_000, trades: 1_600 };
  using model = new ModelExchange({ seed: 5, tradingMs: 300_000, perMinute: [60, 10], burst });
  await model.start();
  await model.pass(90_000);
  await model.disconnect(15_000);
  await model.pass(400_000);
  const others = model.faults().filter((fault) => !fault.startsWith(`${model.product(0)} `));
  assert.deepEqual(others, []);
  await assertStandsIn(model, burst.afterMs);
  await model.kill();
});

/**
 * Asserts that only the burst's minute is the exchange's, and that its trades are requested
 * rarely.
 */
async function assertStandsIn(model: ModelExchange, afterMs: number): Promise<void> {
  const minutes = model.faults().filter((fault) => fault.includes(" ONE_MINUTE "));
  assert.equal(minutes.length, 1, minutes.join("\n"));
  const start = minuteOf(model.startMs + afterMs) / 1000;
  const candle = model.archive.newest(model.product(0), "ONE_MINUTE", start);
  assert.deepEqual([candle?.exact, candle?.trades], [false, null]);
  const calmMs = model.nowMs;
  await model.pass(3_600_000);
  assert.ok(model.requestsSince(calmMs) < 40, "it is retried rarely");
}

Deno.test("gap repair - a gap longer than REPAIR_MAX_TRADES gets the exchange's candles first, then its trades", async () => {
  using model = new ModelExchange({
    seed: 21,
    tradingMs: 900_000,
    perMinute: [600, 30],
    repairMaxTrades: 300,
  });
  await model.start();
  await model.pass(70_000);
  await model.disconnect(480_000);
  await model.pass(400_000);
  const stoodIn = model.archive.log.filter(({ trades }) => trades === null);
  assert.ok(stoodIn.some(({ productId }) => productId === model.product(0)));
  assert.equal(model.ingester.ingest.state.gapsOpen, 0);
  assert.deepEqual(model.faults(), []);
  assert.ok(model.requestsOf(model.product(0), "candles") <= 4);
  await model.kill();
});

Deno.test("repair - a product whose requests always fail costs the others nothing", async () => {
  const published = async (broken: boolean) => {
    using model = new ModelExchange({ seed: 7, tradingMs: 300_000, perMinute: [60, 60, 5] });
    model.source.faults.fails = (productId) => broken && productId === model.product(0);
    await model.start();
    for (let times = 0; times < 3; times++) {
      await model.pass(50_000);
      await model.disconnect(40_000);
    }
    await model.pass(200_000);
    await model.kill();
    const requests = model.requestsOf(model.product(0));
    return {
      requests,
      others: model.archive.log.filter(({ productId }) => productId !== model.product(0)),
    };
  };
  const [sound, broken] = [await published(false), await published(true)];
  assert.deepEqual(broken.others, sound.others);
  assert.ok(broken.requests < 30, `${broken.requests} requests, all of which failed`);
});

Deno.test("repair - each end of a quiet product's candles is proven by one request, and then nothing is requested", async () => {
  using model = new ModelExchange({ seed: 8, tradingMs: 100_000, perMinute: [30] });
  await model.start();
  await model.pass(140_000);
  const quietMs = model.nowMs;
  await model.pass(2 * 3_600_000);
  assert.deepEqual(model.faults(minuteOf(model.startMs)), []);
  assert.ok(model.requestsSince(quietMs) <= model.endsSince(quietMs - 30_000));
  await model.kill();
});

Deno.test("overflow - candles that a full queue refuses are published once there is room", async () => {
  using model = new ModelExchange({
    seed: 9,
    tradingMs: 600_000,
    perMinute: [30, 30, 30, 30, 30, 30],
    queueCapacity: 4,
  });
  await model.start();
  await model.pass(900_000);
  assert.deepEqual(model.faults(minuteOf(model.startMs)), []);
  await model.kill();
});

Deno.test("repair - a last minute whose beginning stays unknown is checked with back-off", async () => {
  for (const isNewestListed of [true, false]) {
    using model = new ModelExchange({ seed: 0, tradingMs: 60_000, perMinute: [120] });
    await model.start();
    await model.pass(15_000);
    await model.kill();
    await model.pass(55_000);
    // The trades between those of the two starts are in no answer.
    const snapshot = model.market.between(model.product(0), 0, model.nowMs).slice(-50);
    model.source.faults.listedFromMs = isNewestListed ? snapshot[0]?.timeMs ?? 0 : Infinity;
    await model.start();
    await model.pass(180_000);
    const quietMs = model.nowMs;
    await model.pass(1_200_000);
    assert.ok(model.ingester.ingest.state.gapsOpen > 0);
    assert.ok(model.requestsSince(quietMs) < 15, `${model.requestsSince(quietMs)} requests`);
    await model.kill();
  }
});

Deno.test("walk - a listing that lags the feed by seconds never proves an end falsely", async () => {
  for (const lagMs of [5_000, 9_000, 14_000]) {
    using model = new ModelExchange({ seed: 13, tradingMs: 900_000, perMinute: [12, 6, 3, 2] });
    model.source.faults.lagMs = lagMs;
    model.feed.lost = 0.2;
    await model.start();
    await model.pass(900_000);
    model.calm();
    await model.pass(400_000);
    assert.deepEqual(model.faults(), [], `${lagMs}`);
    await model.kill();
  }
});

Deno.test("walk - a listing that lags far behind is detected by busy products, and proves no end of quiet ones falsely", async () => {
  for (const [lagMs, seed] of [[30_000, 14], [60_000, 16]] as const) {
    using model = new ModelExchange({ seed, tradingMs: 900_000, perMinute: [12, 6, 3, 2, 1, 60] });
    model.source.faults.lagMs = lagMs;
    model.feed.lost = 0.2;
    await model.start();
    await model.pass(900_000);
    model.calm();
    await model.pass(1_600_000);
    assert.deepEqual(model.faults(), [], `${lagMs}`);
    await model.kill();
  }
});

Deno.test("walk - unreadable rows prove no neighbours, and what they hide is repaired once they are readable", async () => {
  using model = new ModelExchange({ seed: 14, tradingMs: 500_000, perMinute: [100, 12] });
  model.source.faults.unreadable = 0.1;
  await model.start();
  await model.pass(90_000);
  await model.disconnect(90_000);
  await model.pass(120_000);
  assert.deepEqual(model.archive.breaches, []);
  assert.ok(model.ingester.ingest.state.gapsOpen > 0);
  model.calm();
  await model.pass(900_000);
  assert.deepEqual(model.faults(), []);
  await model.kill();
});

Deno.test("walk - an exchange that refuses everything for a minute gets few requests, and all is exact soon after", async () => {
  using model = new ModelExchange({
    seed: 15,
    tradingMs: 600_000,
    perMinute: [100, 30, 5],
    leftOut: 0,
  });
  await model.start();
  await model.pass(90_000);
  await model.disconnect(50_000);
  model.source.faults.fails = () => true;
  const refusedMs = model.nowMs;
  await model.pass(60_000);
  assert.ok(model.requestsSince(refusedMs) <= 3 * 6, `${model.requestsSince(refusedMs)} requests`);
  model.source.faults.fails = () => false;
  await model.pass(70_000);
  assert.equal(model.ingester.ingest.state.gapsOpen, 0);
  await model.pass(400_000);
  assert.deepEqual(model.faults(), []);
  await model.kill();
});

Deno.test("walk - with five thousand trades in one second, only the minutes that hold them are the exchange's", async () => {
  const burst = { afterMs: 95_000, trades: 5_000 };
  for (const awayMs of [15_000, 400_000]) {
    const tradingMs = 120_000 + awayMs;
    using model = new ModelExchange({ seed: 16, tradingMs, perMinute: [60, 10], burst });
    await model.start();
    await model.pass(90_000);
    await model.disconnect(awayMs);
    await model.pass(400_000);
    await assertStandsIn(model, burst.afterMs);
    await model.kill();
  }
});

Deno.test("walk - where such a burst lies across a minute's edge, the minutes on both sides are the exchange's, and no other", async () => {
  for (const startMs of [Date.UTC(2026, 3, 7, 12, 0, 10), Date.UTC(2026, 3, 7, 23, 58, 10)]) {
    const burst = { afterMs: 109_550, trades: 5_000 };
    using model = new ModelExchange({
      seed: 27,
      startMs,
      tradingMs: 300_000,
      perMinute: [60, 10],
      burst,
    });
    await model.start();
    await model.pass(90_000);
    await model.disconnect(40_000);
    await model.pass(400_000);
    const edge = minuteOf(startMs + burst.afterMs + 1_000);
    const at = (ms: number) => `P0-USD ONE_MINUTE ${new Date(ms).toISOString()}: false`;
    const minutes = model.faults().filter((fault) => fault.includes(" ONE_MINUTE "));
    assert.deepEqual(
      minutes.map((fault) => fault.slice(0, at(edge).length)),
      [at(edge - 60_000), at(edge)],
    );
    await model.kill();
  }
});

Deno.test("walk - a burst across the edge of memory is proven within minutes once pages are long enough", async () => {
  const startMs = Date.UTC(2026, 3, 7, 23, 58, 59);
  const burst = { afterMs: 60_550, trades: 300 };
  using model = new ModelExchange({
    seed: 0,
    startMs,
    tradingMs: 7_200_000,
    perMinute: [40],
    burst,
  });
  model.source.faults.pageLimit = 8;
  await model.start();
  await model.pass(50_000);
  await model.disconnect(20_000);
  // Until memory has released the hour in which the burst begins.
  await model.pass(3_700_000);
  assert.notDeepEqual(model.faults(), []);
  await model.kill();
  model.calm();
  await model.start();
  await model.pass(300_000);
  assert.deepEqual(model.faults(), []);
  await model.kill();
});

Deno.test("walk - a gap across midnight leaves every candle of both days exact", async () => {
  const startMs = Date.UTC(2026, 3, 7, 23, 55, 10);
  for (const ends of ["disconnect", "kill"]) {
    using model = new ModelExchange({ seed: 17, startMs, tradingMs: 600_000, perMinute: [120, 9] });
    await model.start();
    await model.pass(200_000);
    if (ends === "kill") await model.kill();
    else model.feed.connected = false;
    await model.pass(150_000);
    if (ends === "kill") await model.start();
    model.feed.connected = true;
    await model.pass(600_000);
    assert.deepEqual(model.faults(), [], ends);
    await model.kill();
  }
});
