import assert from "node:assert/strict";
import type { ProductId } from "../candles/product.ts";
import { minuteOf, ModelExchange, type ModelOptions } from "./test_model_exchange.ts";

/** A first start half an hour into an hour, the trades of the hour before being many pages. */
function started(options: Partial<ModelOptions> = {}): ModelExchange {
  return new ModelExchange({
    seed: 12,
    startMs: Date.UTC(2026, 3, 7, 12, 28, 30),
    beforeMs: 2 * 3_600_000,
    tradingMs: 2_000_000,
    perMinute: [90, 20, 1],
    // Over the feed each of them would be a separate gap.
    leftOut: 0,
    ...options,
  });
}

const ELEVEN = Date.UTC(2026, 3, 7, 11);

Deno.test("first start - the minute in which a first start falls is whole and exact, and larger ones stay unproven", async () => {
  using model = new ModelExchange({ seed: 1, tradingMs: 400_000, perMinute: [200, 20] });
  await model.start();
  await model.pass(420_000);
  assert.deepEqual(model.faults(minuteOf(model.startMs)), []);
  const hours = model.archive.candles.filter(({ granularity, start }) =>
    granularity === "ONE_HOUR" && start * 1000 < minuteOf(model.startMs)
  );
  assert.ok(hours.every(({ exact }) => !exact), "what began before is not all known");
  await model.kill();
});

Deno.test("restoring - what was closed in order resumes without a gap, and a revision never falls", async () => {
  using model = new ModelExchange({ seed: 2, tradingMs: 400_000, perMinute: [100, 5] });
  await model.start();
  await model.pass(60_000);
  for (let times = 0; times < 4; times++) {
    await model.close();
    await model.start();
    await model.pass(61_000);
  }
  model.calm();
  await model.pass(300_000);
  assert.deepEqual(model.faults(), []);
  await model.close();
});

Deno.test("restoring - without a database it resumes from the bus, and repairs what that does not hold once it is back", async () => {
  using model = new ModelExchange({ seed: 3, tradingMs: 500_000, perMinute: [100, 5] });
  await model.start();
  await model.pass(90_000);
  await model.kill();
  await model.pass(40_000);
  model.archive.databaseDown = true;
  await model.start();
  await model.pass(150_000);
  model.archive.databaseDown = false;
  await model.pass(500_000);
  assert.deepEqual(model.faults(), []);
  await model.kill();
});

Deno.test("restoring - a last minute that stream and database have lost is stored again, even if nothing is traded afterwards", async () => {
  const startMs = Date.UTC(2026, 3, 7, 11, 55, 10);
  using model = new ModelExchange({ seed: 23, startMs, tradingMs: 400_000, perMinute: [90, 3] });
  await model.start();
  await model.pass(3_700_000);
  assert.deepEqual(model.faults(), []);
  await model.kill();
  model.archive.lose(Date.UTC(2026, 3, 7, 12) / 1000);
  assert.notDeepEqual(model.faults(), []);
  await model.start();
  await model.pass(600_000);
  assert.deepEqual(model.faults(), []);
  assert.equal(model.ingester.ingest.state.daysWaiting, 0);
  const { length } = model.archive.log;
  await model.kill();
  await model.start();
  await model.pass(60_000);
  assert.equal(model.archive.log.length, length, "once is enough");
  await model.kill();
});

Deno.test("restoring - a current candle whose minutes are past their retention does not count as lost", async () => {
  const retentionDays = new Map([["ONE_MINUTE", 1]] as const);
  using model = new ModelExchange({ seed: 24, tradingMs: 120_000, perMinute: [20], retentionDays });
  await model.start();
  await model.pass(300_000);
  await model.kill();
  model.clock.work(3 * 86_400_000);
  model.archive.expire("ONE_MINUTE", model.nowMs / 1000);
  const { length } = model.archive.log;
  model.feed.connected = false;
  await model.start();
  await model.pass(20_000);
  const exactOnes = model.archive.log.slice(length).filter(({ exact }) => exact);
  assert.deepEqual(exactOnes, []);
  await model.kill();
});

Deno.test("walk - a first start makes all that is held exact, with no more pages than its trades fill", async () => {
  for (const pageLimit of [1_000, 130]) {
    using model = started();
    model.source.faults.pageLimit = pageLimit;
    await model.start();
    await model.pass(1_990_000);
    assert.deepEqual(model.faults(ELEVEN), []);
    for (const product of model.market.products) {
      const trades = model.market.between(product, ELEVEN, model.startMs).length;
      // Pages are by whole seconds: each repeats what the one above had of its oldest.
      const fresh = pageLimit - mostInOneSecond(model, product);
      const most = Math.ceil(trades / fresh) + 2;
      const requests = model.requestsOf(product, "trades");
      assert.ok(requests <= most, `${product}: ${requests} requests, ${most} at most`);
    }
    const vain = model.source.requests.filter(({ kind, fresh }) =>
      kind === "trades" && fresh === 0
    );
    assert.deepEqual(vain, []);
    await model.kill();
  }
});

Deno.test("walk - stopped at any instant it continues from what is stored, and requests hardly a page twice", async () => {
  let whole = 0;
  for (const lives of [[], [700], [1_400, 900, 600], [300, 300, 300, 2_000]]) {
    using model = started();
    model.source.faults.pageLimit = 300;
    model.source.faults.latencyMs = 300;
    for (const ms of lives) {
      await model.start();
      await model.clock.pass(ms);
      await model.kill();
      model.archive.store();
    }
    await model.start();
    await model.pass(1_980_000);
    assert.deepEqual(model.faults(ELEVEN), [], `${lives}`);
    assert.deepEqual([...model.archive.openGaps.values()], []);
    const requests = model.requestsOf(model.product(0), "trades");
    whole ||= requests;
    // The current page, one whose candles were being stored, and one for the minutes that those two
    // share.
    assert.ok(requests <= whole + 3 * lives.length, `${requests} requests after ${lives}`);
    await model.kill();
  }
});

Deno.test("walk - from the proven start in the database on, it has every minute, at any instant", async () => {
  using model = started();
  const { archive, market } = model;
  Object.assign(model.source.faults, { pageLimit: 130, latencyMs: 300 });
  const promised = (id: ProductId) => archive.provenFrom.get(id)?.from ?? Infinity;
  await model.start();
  for (let passed = 0; passed < 20_000; passed += 200) {
    await model.clock.pass(200);
    for (const id of market.products) {
      for (const [start] of market.truth(id, "ONE_MINUTE", ELEVEN, minuteOf(model.startMs))) {
        const isThere = archive.stored(id, "ONE_MINUTE", start) !== null;
        assert.ok(isThere || start < promised(id), `${id}: ${start} after ${passed} ms`);
      }
    }
  }
  await model.pass(60_000);
  assert.deepEqual(market.products.map(promised), market.products.map(() => ELEVEN / 1000));
  await model.kill();
});

Deno.test("walk - a restart requests one page where a page holds what was missed, and none where the snapshot does", async () => {
  const missed = async (awayMs: number) => {
    using model = started();
    await model.start();
    await model.pass(120_000);
    await model.kill();
    model.archive.store();
    await model.pass(awayMs);
    const restartMs = model.nowMs;
    await model.start();
    await model.pass(120_000);
    assert.deepEqual(model.faults(ELEVEN), []);
    const requests = model.market.products.map((id) => model.requestsOf(id, "trades", restartMs));
    await model.kill();
    return requests;
  };
  // The snapshot holds fifty trades of each.
  assert.deepEqual(await missed(8_000), [0, 0, 0]);
  assert.deepEqual(await missed(30_000), [1, 0, 0]);
  assert.deepEqual(await missed(300_000), [1, 1, 0]);
});

Deno.test("placeholders - the exchange's candles of the day are requested once, whatever is restarted", async () => {
  using model = started();
  await model.start();
  await model.pass(60_000);
  const requests = model.requestsOf(model.product(0), "candles");
  assert.ok(requests > 0);
  await model.kill();
  await model.start();
  await model.pass(60_000);
  assert.equal(model.requestsOf(model.product(0), "candles"), requests);
  const { current } = model.archive;
  assert.ok([...current.values()].some(({ granularity }) => granularity === "ONE_DAY"));
  await model.kill();
});

function mostInOneSecond(model: ModelExchange, product: ProductId): number {
  const trades = model.market.between(product, 0, Infinity);
  const seconds = Map.groupBy(trades, ({ timeMs }) => Math.floor(timeMs / 1000));
  return Math.max(...[...seconds.values()].map(({ length }) => length));
}
