import assert from "node:assert/strict";
import { withServers } from "../../tests/servers.ts";
import { sampleCandle } from "../../tests/sample_candles.ts";
import { listed } from "../../tests/sample_exchange_products.ts";
import { epochSeconds, GRANULARITIES, GRANULARITY_SECONDS } from "../candles/granularity.ts";
import { decimal } from "../candles/decimal.ts";
import { productId } from "../candles/product.ts";
import { encodeCandle } from "../candles/wire.ts";
import { heldQuery } from "./candle_queries.ts";
import { openReadyStore } from "./test_store.ts";

const MINUTES = { productId: productId("BTC-USD"), granularity: "ONE_MINUTE" } as const;

Deno.test(
  "candle store - a candle comes back from the database digit for digit",
  withServers(async ({ database }) => {
    await using store = await openReadyStore(await database());
    const candle = sampleCandle({
      volume: decimal("123456789012345678901234567890.00000001"),
      low: decimal("0.000000000000000001"),
    });
    const unknown = sampleCandle({
      start: epochSeconds(candle.start + 60),
      trades: null,
      quoteVolume: null,
      buyVolume: null,
      firstTradeId: null,
      lastTradeId: null,
      exact: false,
    });
    assert.equal(await store.candles.upsert([unknown, candle]), 2);
    const page = await store.candles.page({
      productId: candle.productId,
      granularity: "ONE_MINUTE",
      limit: 10,
    });
    assert.deepEqual(page.map(encodeCandle), [candle, unknown].map(encodeCandle));
  }),
);

Deno.test(
  "candle store - a lower or equal state never replaces a stored one, a higher one does",
  withServers(async ({ database }) => {
    await using store = await openReadyStore(await database());
    const states = [
      { exact: false, revision: 0, close: "1", written: 1 },
      { exact: false, revision: 0, close: "2", written: 0 },
      { exact: false, revision: 3, close: "3", written: 1 },
      { exact: false, revision: 2, close: "4", written: 0 },
      { exact: true, revision: 1, close: "5", written: 1 },
      { exact: false, revision: 9, close: "6", written: 0 },
      { exact: true, revision: 1, close: "7", written: 0 },
      { exact: true, revision: 2, close: "8", written: 1 },
    ];
    for (const { exact, revision, close, written } of states) {
      const candle = sampleCandle({ exact, revision, close: decimal(close) });
      assert.equal(await store.candles.upsert([candle]), written, `close ${close}`);
    }
    const [held] = await store.candles.page({ ...MINUTES, limit: 1 });
    assert.deepEqual(held?.close, decimal("8"));
  }),
);

Deno.test(
  "candle store - of several states of a candle in one batch the highest is stored, and live ones never",
  withServers(async ({ database }) => {
    await using store = await openReadyStore(await database());
    const wrote = await store.candles.upsert([
      sampleCandle({ exact: false, revision: 0 }),
      sampleCandle({ exact: true, revision: 2, close: decimal("42") }),
      sampleCandle({ exact: false, revision: 7 }),
      sampleCandle({ isComplete: false, start: epochSeconds(1_704_567_660) }),
    ]);
    assert.equal(wrote, 1);
    const [held, ...more] = await store.candles.page({ ...MINUTES, limit: 10 });
    assert.deepEqual([held?.close, held?.exact, held?.revision, more.length], [
      decimal("42"),
      true,
      2,
      0,
    ]);
  }),
);

Deno.test(
  "candle store - a page is the newest candles of its range, ascending, the start inclusive and the end exclusive",
  withServers(async ({ database }) => {
    await using store = await openReadyStore(await database());
    const first = 1_704_567_600;
    const minutes = Array.from({ length: 10 }, (_, i) => epochSeconds(first + i * 60));
    await store.candles.upsert(minutes.map((start) => sampleCandle({ start })));
    await store.candles.upsert([sampleCandle({ productId: productId("ETH-USD") })]);
    const starts = async (range: { start?: number; end?: number; limit: number }) => {
      const page = await store.candles.page({
        productId: productId("BTC-USD"),
        granularity: "ONE_MINUTE",
        limit: range.limit,
        start: range.start === undefined ? undefined : epochSeconds(range.start),
        end: range.end === undefined ? undefined : epochSeconds(range.end),
      });
      return page.map(({ start }) => (start - first) / 60);
    };
    assert.deepEqual(await starts({ limit: 3 }), [7, 8, 9]);
    assert.deepEqual(await starts({ limit: 3, end: first + 300 }), [2, 3, 4]);
    assert.deepEqual(await starts({ limit: 9, start: first + 480 }), [8, 9]);
    assert.deepEqual(await starts({ limit: 9, start: first + 60, end: first + 180 }), [1, 2]);
  }),
);

Deno.test(
  "candle store - a chain of minutes breaks where ids are missing, unless two exact minutes prove there were none",
  withServers(async ({ database }) => {
    await using store = await openReadyStore(await database());
    const minute = (i: number, firstTradeId: number, lastTradeId: number, exact: boolean) =>
      sampleCandle({
        start: epochSeconds(1_704_567_600 + i * 60),
        firstTradeId,
        lastTradeId,
        trades: lastTradeId - firstTradeId + 1,
        exact,
      });
    await store.candles.upsert([
      minute(0, 1, 10, true),
      minute(1, 12, 20, true),
      minute(2, 21, 30, false),
      { ...minute(3, 0, 0, false), firstTradeId: null, lastTradeId: null, trades: null },
      minute(4, 41, 50, false),
      { ...minute(5, 51, 60, false), trades: 8 },
    ]);
    const breaks = await store.candles.chain(
      [productId("BTC-USD")],
      epochSeconds(1_704_567_600),
      epochSeconds(1_704_568_600),
    );
    assert.deepEqual(
      breaks.map(({ fromId, toId, fromStart, toStart }) => [
        fromId,
        toId,
        (fromStart - 1_704_567_600) / 60,
        (toStart - 1_704_567_600) / 60,
      ]),
      [[31, 40, 2, 4], [52, 59, 5, 5]],
    );
  }),
);

Deno.test(
  "candle store - the newest page reaches back as far as it must, past a long silence",
  withServers(async ({ database }) => {
    await using store = await openReadyStore(await database());
    const now = Math.floor(Date.now() / 60_000) * 60;
    const ages = [0, 1, 2, 5_000, 400_000];
    await store.candles.upsert(
      ages.map((age) => sampleCandle({ start: epochSeconds(now - age * 60) })),
    );
    const page = async (limit: number) =>
      (await store.candles.page({
        productId: productId("BTC-USD"),
        granularity: "ONE_MINUTE",
        limit,
      })).map(({ start }) => (now - start) / 60);
    assert.deepEqual(await page(2), [1, 0]);
    assert.deepEqual(await page(4), [5_000, 2, 1, 0]);
    assert.deepEqual(await page(9), [400_000, 5_000, 2, 1, 0]);
  }),
);

Deno.test(
  "candle store - what an aggregator resumes with has the newest minute before each length that it may have to close",
  withServers(async ({ database }) => {
    await using store = await openReadyStore(await database());
    const noon = Date.UTC(2026, 3, 7, 12) / 1000;
    const hour = 3600;
    const minutes = [
      // Held from three o'clock on; days, six, two and one hours that continue then began at 0, 12 and 14 and 15.
      { at: -13 * hour },
      { at: -3 * hour },
      { at: -0.5 * hour },
      { at: 1.5 * hour },
      { at: 2.5 * hour },
      { at: 3 * hour - 60, firstTradeId: null, lastTradeId: null },
      { at: 3 * hour + 60 },
      { at: 4 * hour + 120 },
    ];
    await store.candles.upsert(
      minutes.map(({ at, ...ids }) => sampleCandle({ start: epochSeconds(noon + at), ...ids })),
    );
    const held = await store.candles.held([sampleCandle({}).productId]);
    assert.deepEqual(
      held.map(({ start }) => (start - noon) / hour),
      [-13, -0.5, 1.5, 2.5, 3 + 1 / 60, 4 + 2 / 60],
    );
  }),
);

Deno.test(
  "candle store - what a restart continues from has a candle of every granularity",
  withServers(async ({ database }) => {
    await using store = await openReadyStore(await database());
    const start = epochSeconds(1_704_585_600);
    await store.candles.upsert(
      GRANULARITIES.map((granularity) => sampleCandle({ granularity, start })),
    );
    const held = await store.candles.held([productId("BTC-USD")]);
    assert.deepEqual(held.map(({ granularity }) => granularity).sort(), [...GRANULARITIES].sort());
  }),
);

Deno.test("candle store - an additional granularity resumes as well", () => {
  const query = heldQuery({ ...GRANULARITY_SECONDS, THREE_MINUTE: 180, FOUR_HOUR: 14_400 });
  assert.match(query, /IN \([^)]*'THREE_MINUTE'[^)]*\)\s+AND c\.start >= newest\.held_from/);
  assert.match(query, /IN \([^)]*'FOUR_HOUR'[^)]*\)\s+AND c\.start >= date_trunc\('day'/);
  assert.match(query, /interval '14400 seconds'/);
  for (const granularity of GRANULARITIES) assert.ok(query.includes(`'${granularity}'`));
});

Deno.test(
  "beside - short candles of hours, long ones of days, and the next minutes and hours on both sides are read",
  withServers(async ({ database }) => {
    await using store = await openReadyStore(await database());
    const day = GRANULARITY_SECONDS.ONE_DAY;
    const base = epochSeconds(1_704_067_200);
    const at = (granularity: typeof GRANULARITIES[number], seconds: number) =>
      sampleCandle({ granularity, start: epochSeconds(base + seconds) });
    const wanted = [
      at("ONE_MINUTE", 3_540),
      at("ONE_MINUTE", 3_600),
      at("FIVE_MINUTE", 3_600),
      at("ONE_MINUTE", 7_140),
      at("ONE_MINUTE", 9_000),
      at("ONE_HOUR", -7_200),
      at("ONE_HOUR", 0),
      at("ONE_DAY", 0),
      at("ONE_HOUR", day + 3_600),
    ];
    const others = [
      at("ONE_MINUTE", 3_480),
      at("FIVE_MINUTE", 3_300),
      at("FIVE_MINUTE", 7_200),
      at("ONE_MINUTE", 9_060),
      at("ONE_HOUR", -10_800),
      at("SIX_HOUR", -21_600),
      at("ONE_DAY", day),
      at("ONE_HOUR", day + 7_200),
    ];
    await store.candles.upsert([...wanted, ...others]);
    const found = await store.candles.beside(productId("BTC-USD"), {
      smallFrom: epochSeconds(base + 3_600),
      smallUntil: epochSeconds(base + 7_200),
      largeFrom: base,
      largeUntil: epochSeconds(base + day),
    });
    assert.deepEqual(found.map(encodeCandle).sort(), wanted.map(encodeCandle).sort());
  }),
);

Deno.test(
  "candle store - the newest minute of some products is that of none without one",
  withServers(async ({ database }) => {
    await using store = await openReadyStore(await database());
    const { productId: btc } = MINUTES;
    assert.equal(await store.candles.newestMinute([btc]), null);
    const minute = sampleCandle();
    const hour = sampleCandle({
      granularity: "ONE_HOUR",
      start: epochSeconds(minute.start + GRANULARITY_SECONDS.ONE_DAY),
    });
    await store.candles.upsert([
      minute,
      { ...minute, start: epochSeconds(minute.start - 60) },
      hour,
    ]);
    assert.equal(await store.candles.newestMinute([btc, productId("ETH-USD")]), minute.start);
    assert.equal(await store.candles.newestMinute([]), null);
  }),
);

Deno.test(
  "candle store - closing prices are those of every product since an instant, oldest first, and where they begin",
  withServers(async ({ database }) => {
    await using store = await openReadyStore(await database());
    const btc = productId("BTC-USD");
    const ids = [btc, ...Array.from({ length: 250 }, (_, at) => productId(`P${at}-USD`))];
    const quiet = productId("QUIET-USD");
    const from = epochSeconds(1_704_567_600);
    const at = (step: number) => epochSeconds(from + step * 1800);
    const half = (id: typeof btc, step: number, close: string) =>
      sampleCandle({
        productId: id,
        granularity: "THIRTY_MINUTE",
        start: at(step),
        close: decimal(close),
      });
    await store.products.upsert(
      [...ids, quiet].map((id) => ({ ...listed(id), priceIncrement: null })),
    );
    await store.candles.upsert([
      ...ids.flatMap((id, nth) => [half(id, 1, `${nth}.5`), half(id, 0, "0.000000000000000001")]),
      half(btc, -1, "7"),
      half(quiet, -1, "7"),
      half(productId("GONE-USD"), 0, "7"),
      sampleCandle({ productId: quiet, granularity: "ONE_HOUR", start: from }),
    ]);
    const closes = await store.candles.closingPrices(from, "THIRTY_MINUTE");
    assert.deepEqual(
      new Map(closes),
      new Map(ids.map((id, nth) => [id, { from, prices: [1e-18, nth + 0.5] }])),
    );
    const later = await store.candles.closingPrices(at(1), "THIRTY_MINUTE");
    assert.deepEqual(later.get(btc), { from: at(1), prices: [0.5] });
  }),
);
